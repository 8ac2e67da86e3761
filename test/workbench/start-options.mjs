// What `npm start -- …` can be told. Node 20, no dependencies: wrong words are answered before anything is installed.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSize } from './launch-arguments.mjs';
import { root } from './shell.mjs';

/** VS Code's own themes by what they look like. @type {Record<string, string>} */
const themes = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  hc: 'Default High Contrast',
  'hc-light': 'Default High Contrast Light',
};

const locales = ['en', 'zh-cn'];

/**
 * @typedef {object} StartOptions
 * @property {string} scenario a file of media/scenarios
 * @property {string | undefined} theme VS Code's name of it
 * @property {string | undefined} locale
 * @property {string} viewport
 * @property {string | undefined} screenshot
 * @property {boolean} served
 * @property {boolean} browser
 */

/**
 * @param {readonly string[]} args
 * @param {readonly string[]} [samples] the files of media/scenarios
 * @returns {StartOptions | { help: string } | { wrong: string }} what was asked for, or a sentence for whoever asked
 */
export function readStartOptions(args, samples = readdirSync(join(root, 'media', 'scenarios')).sort()) {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        scenario: { type: 'string', default: 'B2' },
        theme: { type: 'string' },
        locale: { type: 'string' },
        viewport: { type: 'string', default: '1280x800' },
        screenshot: { type: 'string' },
        served: { type: 'boolean', default: false },
        browser: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    // Node's own sentence without its advice about `--`.
    return wrong((message.split(/\. /)[0] ?? '').replace(/\.?$/, '.'));
  }
  if (values.help) return { help: helpText(samples) };
  const { scenario, theme, locale, viewport, screenshot, served, browser } = values;
  const sample = samples.find((file) => idOf(file).toLowerCase() === scenario.toLowerCase());
  if (sample === undefined) return wrong(`--scenario takes one of: ${samples.map(idOf).join(', ')}`);
  const themeName = theme === undefined ? undefined : themes[theme];
  if (theme !== undefined && themeName === undefined)
    return wrong(`--theme takes one of: ${Object.keys(themes).join(', ')}`);
  if (locale !== undefined && !locales.includes(locale)) return wrong(`--locale takes one of: ${locales.join(', ')}`);
  if (browser && locale !== undefined && locale !== 'en')
    return wrong(
      '--browser speaks English only: the editor on the web takes its language from a server that is not there.',
    );
  if (screenshot === '') return wrong('--screenshot takes the name of a PNG file.');
  try {
    readSize(viewport);
  } catch (error) {
    return wrong(`--viewport: ${/** @type {Error} */ (error).message}`);
  }
  return { scenario: sample, theme: themeName, locale, viewport, screenshot, served, browser };
}

/** @param {string} message */
function wrong(message) {
  return { wrong: `${message}\n“npm start -- --help” says what can be chosen.` };
}

/** @param {string} file @returns {string} such as B2 */
function idOf(file) {
  return /^[A-Z]\d+(?=-)/.exec(file)?.[0] ?? file.replace(/\.tcpscn$/, '');
}

/** @param {readonly string[]} samples */
function helpText(samples) {
  return `npm start opens VS Code with the extension and plays a sample scenario. It installs what is missing first.

Usage: npm start [-- OPTION…]

  --scenario NAME   the scenario to play, B2 unless said:${wrap(samples.map(idOf), 56, 20)}
  --theme NAME      ${Object.keys(themes).join(', ')}
  --locale NAME     ${locales.join(', ')}: the language of the extension's texts
  --served          shows VS Code in a browser, even where a desktop VS Code could open
  --browser         as on the web: no Node behind the extension; in a browser too
  --screenshot FILE writes a picture of the window (PNG) and ends
  --viewport WxH    the picture's size, 1280x800 unless said
  --help            this text`;
}

/**
 * Words with commas, in lines.
 * @param {readonly string[]} words
 * @param {number} width
 * @param {number} indent
 */
function wrap(words, width, indent) {
  let [text, line] = ['', ''];
  for (const [index, word] of words.entries()) {
    const next = index === words.length - 1 ? word : `${word}, `;
    if (index === 0 || line.length + next.trimEnd().length > width) {
      text += `${line.trimEnd()}\n${' '.repeat(indent)}`;
      line = '';
    }
    line += next;
  }
  return text + line;
}
