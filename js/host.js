// SPDX-License-Identifier: MIT
// The host of one core: feeds it, performs its effects, keeps its one timer, ends it. Everything is a closure
// over one scope, without `this`, so an application's framework may wrap the SDK object into a proxy.

import { bounded, complete, createShell } from './core.js';
import { createDrivers } from './drivers.js';
import { Input, makeSink } from './effects.js';
import { SdkError, reportUncaught } from './errors.js';
import { isOnline, watchPage } from './platform/page.js';
import { Tables } from './tables.js';

/** The longest delay of a browser's timer. */
const MAX_DELAY = 2 ** 31 - 1;
/** SP_ESTATE: a call that answers at once was refused. */
const REFUSED = -4;
/** SP_ENOMEM: the input was dropped. */
const OUT_OF_MEMORY = -101;
/** How much waits for the second half of the module, calls aside. */
const MAX_EARLY = 1000;

/** @typedef {(method: string, args: unknown[], progress?: (value: any) => void) => Promise<any>} Call */
/** @typedef {ReturnType<typeof createHost>} Host */
/** @typedef {{ perform: (batch: string, delay: number) => void, page: (event: string) => void }} Entrances */

/** Cores whose SDK object was collected without destroy(): those that never connected. A net, not a plan. */
const abandoned = new FinalizationRegistry((/** @type {() => void} */ release) => release());

/**
 * What outlives an SDK object must not hold it, or it could never be collected. These functions stand outside
 * of the host's scope, for a closure holds all of the scope it was made in.
 * @param {WeakRef<Entrances>} entrances
 */
const weakSink = (entrances) => (/** @type {string} */ batch, /** @type {number} */ delay) => {
  entrances.deref()?.perform(batch, delay);
};
/** @param {WeakRef<Entrances>} entrances */
const weakPage = (entrances) => (/** @type {string} */ event) => entrances.deref()?.page(event);
/** @param {import('./core.js').Shell} shell @param {() => void} stopWatching */
const releaser = (shell, stopWatching) => () => {
  stopWatching();
  shell.delete();
};

/**
 * Makes the core of an SDK object. Throws an SdkError when the configuration is refused.
 * @param {unknown} config as the application gave it
 * @param {import('./drivers.js').Owner} owner
 */
export const createHost = (config, owner) => {
  const tables = new Tables();
  /** @type {'running' | 'ending' | 'broken' | 'gone'} */
  let state = 'running';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<void> | undefined} */
  let ending;

  const isAlive = () => state === 'running' || state === 'ending';

  const unusable = () => new SdkError(
    'session',
    state === 'broken' ? 'The SDK stopped after an internal error' : 'The SDK instance was destroyed',
  );

  /** @param {unknown} error */
  const rejectCalls = (error) => {
    for (const call of tables.calls.values()) call.reject(error);
    tables.calls.clear();
  };

  /**
   * Runs a method of the shell. A trap in the module leaves the core in an unknown state: nothing is asked of
   * it again.
   * @template T
   * @param {() => T} work
   * @param {T} otherwise
   */
  const guarded = (work, otherwise) => {
    if (!isAlive()) return otherwise;
    try {
      return work();
    } catch (error) {
      state = 'broken';
      clearTimeout(timer);
      owner.logger.attach(undefined);
      reportUncaught(error);
      rejectCalls(unusable());
      return otherwise;
    }
  };

  /** What waits for the second half of the module, in order. @type {{ feed: () => number, isCall: boolean }[]} */
  let early = [];
  /** @type {Promise<void> | undefined} */
  let awaited;

  // What is fed meanwhile queues behind.
  const feedAll = () => {
    for (; early.length > 0; early.shift()) early[0].feed();
  };

  /**
   * Runs what feeds the core, now or once it can be fed.
   * @param {() => number} feed answers the core's status and never throws when it comes late
   * @param {boolean} [isCall]
   * @returns {number} the core's status; SP_OK for what waits
   */
  const whenComplete = (feed, isCall = false) => {
    const completion = complete();
    if (!completion && early.length === 0) return feed();
    if (early.length >= MAX_EARLY && !isCall) return OUT_OF_MEMORY;
    early.push({ feed, isCall });
    if (completion && completion !== awaited) {
      awaited = completion;
      completion.then(feedAll, (error) => {
        early = early.filter((one) => !one.isCall);
        rejectCalls(error);
        emitLater(error);
      });
    }
    return 0;
  };

  /** @type {import('./drivers.js').Feed} */
  const feed = (kind, id, number, name, text) => (
    guarded(() => shell.input(kind, id, number, bounded(name), bounded(text)), 0)
  );

  /** @type {import('./drivers.js').Feed} */
  const input = (kind, id, number, name, text) => whenComplete(() => feed(kind, id, number, name, text));

  const {
    drivers, emitLater, watchMedia, releaseMedia, releaseDevices, close, media, devices, defaultStream, unlockAudio,
  } = createDrivers(owner, tables, input, (method, args) => call(method, args));

  /** @param {number} delay milliseconds, or negative to leave the timer as it is */
  const arm = (delay) => {
    if (delay < 0 || !isAlive()) return;
    clearTimeout(timer);
    timer = setTimeout(() => guarded(() => shell.tick(), undefined), Math.min(delay, MAX_DELAY));
  };

  const runBatch = makeSink(drivers, (error) => {
    owner.logger.error('The SDK could not perform an effect', { name: /** @type {any} */ (error)?.name });
  });

  // Calls

  /** @param {string} type @param {string} message @param {unknown} [details] */
  const ownError = (type, message, details) => {
    const error = new SdkError(type, message, details);
    emitLater(error);
    return error;
  };

  /** @type {Call} */
  const send = (method, args, progress) => new Promise((resolve, reject) => {
    /** @type {import('./tables.js').PendingCall} */
    const call = { resolve, reject, streams: [], elements: [], lent: [], progress };
    let text;
    try {
      text = tables.encodeArguments(call, args);
    } catch (error) {
      tables.letGo(call);
      reject(ownError('invalid_options', `The arguments of ${method} cannot be represented as JSON`, error));
      return;
    }
    const id = tables.calls.add(call);
    whenComplete(() => {
      const status = feed(Input.CALL, id, 0, method, text);
      if (status === OUT_OF_MEMORY) tables.settle(id)?.reject(ownError('generic', 'Out of memory'));
      return status;
    }, true);
  });

  /**
   * Hands an application's call to the core. Never throws.
   * @type {Call}
   */
  const call = (method, args, progress) => (
    state === 'running' ? send(method, args, progress) : Promise.reject(unusable()));

  /** A call that nothing waits for. @param {string} method @param {unknown[]} args */
  const tell = (method, args) => {
    input(Input.CALL, 0, 0, method, JSON.stringify(args));
  };

  /**
   * A synchronous question.
   * @param {string} question
   * @param {unknown[]} [args]
   * @returns {any} undefined once the core is gone
   */
  const ask = (question, args) => {
    const text = args ? `${question} ${JSON.stringify(args)}` : question;
    const answer = guarded(() => shell.ask(bounded(text)), '');
    return answer ? JSON.parse(answer) : undefined;
  };

  /**
   * A call that answers at once. Throws what the core refuses it with; while the core cannot be fed yet, the event
   * `sdkError` alone tells of a refusal.
   * @param {string} method @param {unknown[]} args
   */
  const now = (method, args) => {
    const text = JSON.stringify(args);
    /** @type {SdkError | undefined} */
    let refusal;
    whenComplete(() => {
      const status = feed(Input.CALL, 0, 0, method, text);
      if (status !== REFUSED) return status;
      const { type, message, details } = ask('refusal') ?? {};
      refusal = ownError(type, message, details);
      return status;
    });
    if (refusal) throw refusal;
  };

  // Birth

  let text;
  try {
    text = tables.encodeConfig(config);
  } catch (error) {
    throw new SdkError('invalid_options', 'The configuration cannot be represented as JSON', error);
  }
  /** @type {Entrances} */
  const entrances = {
    perform(batch, delay) {
      if (batch) runBatch(batch);
      arm(delay);
    },
    page: (event) => void input(Input.PAGE, 0, 0, event, ''),
  };
  const weak = new WeakRef(entrances);
  const shell = createShell(text, weakSink(weak));
  const refusal = shell.error();
  if (refusal) {
    shell.delete();
    const { type, message } = JSON.parse(refusal);
    throw new SdkError(type, message, config);
  }
  const stopWatching = watchPage(weakPage(weak));
  watchMedia();
  abandoned.register(owner, releaser(shell, stopWatching), entrances);
  owner.logger.attach({
    record: (number, flags, level, record) => isAlive() && whenComplete(() => (
      guarded(() => shell.input(Input.LOG, number, flags, bounded(level), record), OUT_OF_MEMORY))) === 0,
    tell,
    call,
    clientId: ask('loggerClientId'),
  });
  if (!isOnline()) input(Input.PAGE, 0, 0, 'offline', '');
  whenComplete(() => guarded(() => {
    shell.tick();
    return 0;
  }, 0));

  // Death

  const finish = () => {
    // A module that trapped is not asked for anything any more, not even to free.
    const release = state === 'broken' ? stopWatching : releaser(shell, stopWatching);
    state = 'gone';
    clearTimeout(timer);
    owner.logger.attach(undefined);
    abandoned.unregister(entrances);
    rejectCalls(unusable());
    close();
    // A microtask: the sink is never on the stack then, and with it no frame of the shell.
    queueMicrotask(release);
  };

  /** @param {unknown} error */
  const endFailed = (error) => {
    const { name } = /** @type {Partial<Error>} */ (error ?? {});
    owner.logger.warn('The SDK was destroyed although its end failed', { name });
  };

  /** The order is documented: listeners hear their sessions end, but not the connection (sessions.md §10). */
  const end = async () => {
    const isFed = early.length === 0;
    early = []; // what never reached the core has nothing to end there
    if (isFed && isAlive()) await send('endAllSessions', []).catch(endFailed);
    owner.removeAllListeners();
    releaseMedia();
    if (isFed && isAlive()) await send('disconnect', []).catch(endFailed);
    // Nobody waits for these requests: they outlive the page, and so this object too.
    if (isFed) tell('sendAllLogsInstantly', []);
  };

  /**
   * Ends everything; the same promise each time. It never rejects: what does not end well is let go of too.
   */
  const destroy = () => {
    if (ending) return ending;
    /** @type {() => void} */
    let done = () => {};
    // Known before the core is told: a listener of what happens then may call destroy() once more.
    ending = new Promise((resolve) => {
      done = resolve;
    });
    if (state === 'running') state = 'ending';
    end().then(finish).catch(reportUncaught).then(done);
    return ending;
  };

  return {
    call,
    tell,
    ask,
    now,
    /** Sessions that have not ended, oldest first. */
    sessions: () => [...tables.sessions.values()],
    destroy,
    releaseDevices,
    unlockAudio,
    /**
     * Throws what a call would throw at once.
     * @param {string} method
     * @param {unknown[]} args plain values
     */
    check(method, args) {
      const refused = ask(`check.${method}`, args);
      if (refused) throw ownError(refused.type, refused.message, refused.details);
    },
    /** What the flight recorder kept; null when it is off. Throws once the core is gone. */
    async recording() {
      // Asked for by a listener: what the core has said beside this event has been recorded a moment later.
      await complete();
      const text = guarded(() => shell.recording(), '');
      if (!text) throw unusable();
      return JSON.parse(text);
    },
    activeTracks: () => [...media.tracks.keys()],
    /** @param {number | null} handle */
    device: (handle) => devices.get(handle ?? 0),
    /** @param {MediaStream} [stream] */
    setDefaultAudioStream: (stream) => defaultStream.set(stream),
    /** How many live objects are held: none after destroy(). */
    held: () => tables.size,
    entrances,
  };
};
