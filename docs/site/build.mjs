// SPDX-License-Identifier: MIT
// `npm run docs`: the pages of docs/ as static HTML in build/docs, with a search that needs no server.

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Marked } from 'marked';
import { PAGES, readPage } from './pages.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @typedef {import('./pages.mjs').Page} Page */
/** Of a page. @typedef {{ id: string, page: string, title: string, text: string, url: string }} Section */

/** @param {string} text */
const escape = (text) => text.replace(/[&<>"]/g, (char) => (
  { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);

/** The anchor of a heading, as GitHub makes it. @param {string} heading */
export const slug = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').trim().replace(/ /g, '-');

/** @param {string} html */
const textOf = (html) => html.replace(/<[^>]+>/g, ' ').replace(/&(?:amp|lt|gt|quot|#39);/g, ' ').replace(/\s+/g, ' ');

/**
 * Where a link of a page's source leads in the built pages; links to files of the repository become plain text there.
 * @param {Page} page @param {string} href
 * @returns {string | undefined} undefined: not in the site
 */
const siteLink = ({ source }, href) => {
  if (/^[a-z]+:/.test(href) || href.startsWith('#')) return href;
  const [path, anchor] = href.split('#');
  const target = join(dirname(source), path);
  const found = PAGES.find((page) => page.source === target);
  return found && `${found.name}.html${anchor ? `#${anchor}` : ''}`;
};

/**
 * @param {Page} page
 * @returns {{ title: string, html: string, sections: Section[] }}
 */
const render = (page) => {
  /** @type {Section[]} */
  const sections = [];
  /** @type {Map<string, number>} */
  const seen = new Map();
  let title = page.name;
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        const text = textOf(html).trim();
        const times = seen.get(slug(text)) ?? 0;
        seen.set(slug(text), times + 1);
        const id = slug(text) + (times ? `-${times}` : '');
        if (depth === 1) title = text;
        sections.push({ id: `${page.name}#${id}`, page: title, title: text, text: '', url: `${page.name}.html#${id}` });
        const link = `<a class="anchor" href="#${id}" aria-label="Link to ${escape(text)}">#</a>`;
        return `<h${depth} id="${id}">${html} ${link}</h${depth}>\n`;
      },
      code({ text, lang }) {
        const language = (lang ?? '').split(' ')[0];
        const label = `Example${sections.length ? `: ${sections[sections.length - 1].title}` : ''}`;
        const code = `<code class="${language}">${escape(text)}</code>`;
        return `<pre tabindex="0" role="region" aria-label="${escape(label)}">${code}</pre>\n`;
      },
      link({ href, tokens }) {
        const html = this.parser.parseInline(tokens);
        const to = siteLink(page, href);
        return to ? `<a href="${to}">${html}</a>` : html;
      },
      table(token) {
        const head = token.header.map((cell) => {
          const html = this.parser.parseInline(cell.tokens);
          return html ? `<th scope="col">${html}</th>` : '<td></td>';
        }).join('');
        const rows = token.rows.map((row) => (
          `<tr>${row.map((cell) => `<td>${this.parser.parseInline(cell.tokens)}</td>`).join('')}</tr>`)).join('\n');
        const table = `<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`;
        return `<div class="table" tabindex="0" role="region" aria-label="Table">${table}</div>\n`;
      },
      html: () => '', // notes to who reads the source
    },
  });
  const html = /** @type {string} */ (marked.parse(readPage(page)));
  const parts = html.split(/(?=<h[1-6] id=)/);
  for (const part of parts) {
    const id = /^<h[1-6] id="([^"]+)"/.exec(part)?.[1];
    const section = sections.find((one) => one.id === `${page.name}#${id}`);
    if (section) section.text = textOf(part).slice(0, 4000);
  }
  return { title, html, sections };
};

/** @param {Page} current @param {Map<string, string>} titles */
const contents = (current, titles) => {
  const groups = [...new Set(PAGES.map(({ group }) => group))];
  /** @param {Page} page */
  const item = ({ name }) => {
    const mark = name === current.name ? ' aria-current="page"' : '';
    return `<li><a href="${name}.html"${mark}>${titles.get(name)}</a></li>`;
  };
  return groups.map((group) => (
    `<h2>${group}</h2><ul>${PAGES.filter((page) => page.group === group).map(item).join('')}</ul>`)).join('');
};

/** @param {Page} page @param {string} title @param {string} body @param {Map<string, string>} titles */
const frame = (page, title, body, titles) => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · Genesys Cloud WebRTC SDK</title>
<link rel="stylesheet" href="style.css">
<script src="search.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<a class="home" href="index.html">WebRTC SDK <small>${escape(version)}</small></a>
<form role="search" id="search-form"><label for="search">Search</label>
<input id="search" type="search" autocomplete="off" placeholder="Method, event, option…" aria-controls="results"></form>
</header>
<div id="results" role="region" aria-label="Search results" aria-live="polite" hidden></div>
<div class="columns">
<nav aria-label="Pages"><details open><summary>Pages</summary>${contents(page, titles)}</details></nav>
<main id="main" tabindex="-1">
${body}
</main>
</div>
</body>
</html>
`;

/**
 * @param {string} [out] folder, replaced as a whole
 * @returns {Promise<string[]>} names of the pages
 */
export const buildDocs = async (out = join(root, 'build/docs')) => {
  const rendered = PAGES.map((page) => ({ page, ...render(page) }));
  const titles = new Map(rendered.map(({ page, title }) => [page.name, title]));
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const { page, title, html } of rendered) {
    writeFileSync(join(out, `${page.name}.html`), frame(page, title, html, titles));
  }
  copyFileSync(join(here, 'style.css'), join(out, 'style.css'));
  const plots = join(here, '../plots');
  if (existsSync(plots)) cpSync(plots, join(out, 'plots'), { recursive: true });
  const sections = rendered.flatMap((one) => one.sections);
  await build({
    entryPoints: [join(here, 'search.js')], bundle: true, minify: true, outfile: join(out, 'search.js'), format: 'iife',
    logLevel: 'warning', define: { SECTIONS: JSON.stringify(JSON.stringify(sections)) },
  });
  return rendered.map(({ page }) => page.name);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pages = await buildDocs();
  console.log(`build/docs: ${pages.length} pages; open build/docs/index.html`);
}
