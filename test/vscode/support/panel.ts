// The panel as a reader sees it: every value is read from its page.
import * as vscode from 'vscode';
import { webview } from './page.ts';

/** A panel that shows a run. */
export const panel = webview({ has: '.transport' });

/** Runs a scenario of the catalogue and waits until its panel shows all its lines. */
export async function runOfCatalogue(id: string): Promise<void> {
  await vscode.commands.executeCommand('tcpscn.runScenario', id);
  await panel.waitFor(() => document.querySelector('[role=treeitem]') !== null);
}

/** The lines of the diagram as a screen reader reads them. */
export function lines(): Promise<readonly string[]> {
  return panel.waitFor(() =>
    [...document.querySelectorAll('[role=treeitem]')].map((line) => line.getAttribute('aria-label') ?? ''),
  );
}

/** Goes to the line that contains the text, as a reader does who clicks it. */
export async function selectLine(text: string): Promise<void> {
  const id = await panel.waitFor(
    (wanted) =>
      [...document.querySelectorAll('[role=treeitem]')].find((line) =>
        line.getAttribute('aria-label')?.includes(wanted),
      )?.id,
    text,
  );
  await panel.click(`#${id}`);
  await panel.waitFor((wanted) => document.getElementById(wanted)?.getAttribute('aria-selected') === 'true', id);
}

/** The label of the line that is selected. */
export function selectedLine(): Promise<string> {
  return panel.waitFor(() => document.querySelector('[role=treeitem][aria-selected=true]')?.getAttribute('aria-label'));
}

/** A row of the state table: its value for each host, without the mark of a change. */
export async function stateRow(name: string): Promise<readonly string[]> {
  return panel.waitFor((wanted) => {
    const row = [...document.querySelectorAll('.states tbody tr')].find(
      (each) => each.querySelector('th')?.textContent === wanted,
    );
    return row && [...row.querySelectorAll('td')].map((cell) => cell.textContent.replace('●', '').trim());
  }, name);
}

/** The visible text of a part of the page, in one line. */
export async function textOf(selector: string): Promise<string> {
  return (await panel.text(selector)).replace(/\s+/g, ' ');
}
