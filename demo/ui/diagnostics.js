// SPDX-License-Identifier: MIT
// The panel of diagnostics: two tabs, the events and a check. The check shows facts, runs the SDK's own diagnostics,
// downloads its recording and copies it all as a text; what the SDK in use does not have is not offered.

import { $, make } from './dom.js';
import { adviceWords, collectFacts, reportText } from './report.js';

/** @typedef {import('./report.js').Diagnosis} Diagnosis */
/** @typedef {import('./report.js').Diagnosis['sections'][number]} Section */
/** @typedef {import('./report.js').Facts} Facts */

/** @type {Record<string, string>} */
const VERDICTS = { pass: 'OK', warn: 'Attention', fail: 'Problem', skipped: 'Not looked at' };

/** @type {Record<string, string>} */
const RESULTS = {
  pass: 'Everything that was looked at is well.', warn: 'Calls should work; something needs attention.',
  fail: 'Something will keep calls from working.', skipped: 'Nothing could be looked at.',
};

/** @param {string} name such as `restApi` @returns {string} such as `Rest api` */
const titleOf = (name) => {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[-_]/g, ' ').toLowerCase();
  return /^(ice|rest)$/.test(words) ? words.toUpperCase() : words.charAt(0).toUpperCase() + words.slice(1);
};

/** @param {string} id @param {string} className @param {string} label @param {() => unknown} press */
const makeButton = (id, className, label, press) => {
  const button = /** @type {HTMLButtonElement} */ (make('button', className, label));
  button.type = 'button';
  button.dataset.testid = id;
  button.addEventListener('click', () => void press());
  return button;
};

/** @param {Facts} facts */
const factRows = (facts) => facts.map(([name, value]) => {
  const row = make('div', 'fact');
  row.append(make('dt', '', name), make('dd', '', value));
  return row;
});

/** @param {Section} section */
const sectionRow = ({ name, verdict, summary = '', advice, durationMs, details }) => {
  const row = make('li', 'check-section');
  row.dataset.verdict = verdict;
  row.dataset.testid = `section-${name}`;
  const head = make('p', 'check-head');
  const time = durationMs === undefined ? '' : `${Math.round(durationMs)} ms`;
  head.append(make('span', 'check-verdict', VERDICTS[verdict] ?? verdict), make('strong', '', titleOf(name)),
    make('span', 'check-time', time));
  row.append(head, make('p', '', summary));
  const words = adviceWords(advice);
  if (words) row.append(make('p', 'check-advice', words));
  if (details && Object.keys(details).length) {
    const more = make('details', 'check-details');
    const text = make('pre', '', JSON.stringify(details, null, 2));
    text.tabIndex = 0;
    more.append(make('summary', '', `Details of ${titleOf(name)}`), text);
    row.append(more);
  }
  return row;
};

/** @param {unknown} made what `exportDiagnostics()` answered @returns {Blob} */
const asFile = (made) => {
  if (made instanceof Blob) return made;
  return new Blob([typeof made === 'string' ? made : JSON.stringify(made)], { type: 'application/json' });
};

/** @param {Blob} file @param {string} name */
const download = (file, name) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
};

/** Two tabs of which one is shown; arrows lead from one to the other. @param {(id: string) => void} shown */
const installTabs = (shown) => {
  const tabs = ['events', 'check'];
  const choose = (/** @type {string} */ wanted) => {
    for (const id of tabs) {
      const on = id === wanted;
      $(`tab-${id}`).setAttribute('aria-selected', String(on));
      $(`tab-${id}`).tabIndex = on ? 0 : -1;
      $(`panel-${id}`).hidden = !on;
    }
    shown(wanted);
  };
  for (const id of tabs) {
    $(`tab-${id}`).addEventListener('click', () => choose(id));
    $(`tab-${id}`).addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      const other = tabs[1 - tabs.indexOf(id)];
      $(`tab-${other}`).focus();
      choose(other);
    });
  }
};

/**
 * @param {object} desk
 * @param {import('./store.js').State} desk.state
 * @param {() => any} desk.sdk the SDK in use
 * @param {(name: string, text?: string) => void} desk.note writes a line into the log
 * @param {(error: unknown, type?: string) => void} desk.problem shows an error
 */
export const diagnosticsPanel = ({ state, sdk, note, problem }) => {
  /** @type {Diagnosis | null} */
  let diagnosis = null;
  /** Stops the run that is under way. @type {AbortController | null} */
  let running = null;
  let factsShown = '';

  const run = makeButton('run-diagnostics', 'primary', 'Run diagnostics', async () => {
    if (running) return running.abort();
    const mine = running = new AbortController();
    note('run diagnostics');
    diagnosis = null;
    drawDiagnosis();
    draw();
    status.textContent = 'Looking at permissions, devices, network and sound. Calls are left alone.';
    try {
      const onProgress = (/** @type {Section} */ section) => {
        status.textContent = `${titleOf(section.name)}: ${VERDICTS[section.verdict] ?? section.verdict}`;
        sections.hidden = false;
        sections.append(sectionRow(section));
      };
      diagnosis = await sdk().runDiagnostics({ signal: mine.signal, onProgress });
      drawDiagnosis();
    } catch (error) {
      if (!mine.signal.aborted) problem(error);
      status.textContent = mine.signal.aborted ? 'Stopped.' : '';
    }
    if (running === mine) running = null;
    draw();
  });
  const copy = makeButton('copy-report', 'plain', 'Copy report', async () => {
    note('copy report');
    const text = reportText(state, await collectFacts(state), diagnosis);
    try {
      await navigator.clipboard.writeText(text);
      status.textContent = 'The report is on the clipboard.';
      report.hidden = true;
    } catch {
      // No clipboard without the browser's leave: the text is there to be copied by hand.
      report.hidden = false;
      report.value = text;
      report.select();
      status.textContent = 'Copy the text below.';
    }
  });
  const record = makeButton('download-recording', 'plain', 'Download recording', async () => {
    note('download recording');
    try {
      const time = new Date().toISOString().replace(/[:.]/g, '-');
      download(asFile(await sdk().exportDiagnostics()), `recording-${time}.json`);
      status.textContent = 'The recording is downloaded: what the SDK saw and did, without tokens and numbers.';
    } catch (error) {
      problem(error);
    }
  });
  const status = make('p', 'note');
  status.setAttribute('role', 'status');
  status.dataset.testid = 'diagnostics-status';
  const verdict = make('p', 'check-result');
  verdict.dataset.testid = 'diagnostics-verdict';
  const sections = make('ol', 'check-sections');
  const facts = make('dl', 'facts');
  facts.dataset.testid = 'facts';
  const report = /** @type {HTMLTextAreaElement} */ (make('textarea', 'report'));
  report.readOnly = true;
  report.rows = 12;
  report.setAttribute('aria-label', 'Report');
  report.dataset.testid = 'report';

  const drawDiagnosis = () => {
    verdict.hidden = sections.hidden = !diagnosis;
    if (!diagnosis) return sections.replaceChildren();
    verdict.textContent = RESULTS[diagnosis.verdict] ?? diagnosis.verdict;
    verdict.dataset.verdict = diagnosis.verdict;
    status.textContent = `Done. ${verdict.textContent}`;
    sections.replaceChildren(...diagnosis.sections.map(sectionRow));
  };

  const draw = async () => {
    const instance = sdk();
    run.hidden = typeof instance?.runDiagnostics !== 'function';
    record.hidden = typeof instance?.exportDiagnostics !== 'function';
    run.textContent = running ? 'Stop' : 'Run diagnostics';
    if ($('panel-check').hidden) return;
    const now = await collectFacts(state);
    const key = JSON.stringify(now);
    if (key === factsShown) return;
    factsShown = key;
    facts.replaceChildren(...factRows(now));
  };

  const buttons = make('div', 'check-actions');
  buttons.append(run, record, copy);
  $('panel-check').append(buttons, status, report, verdict, sections, facts);
  report.hidden = true;
  drawDiagnosis();
  installTabs(() => void draw());

  return {
    draw: () => void draw(),
    /** Forgets what belongs to the SDK object in use. */
    forget() {
      running?.abort();
      running = diagnosis = null;
      report.hidden = true;
      report.value = status.textContent = '';
      drawDiagnosis();
    },
  };
};
