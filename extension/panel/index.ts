import type * as vscode from 'vscode';
import { PanelManager } from './panel-manager.ts';
import type { RunSourceFactory } from './run-source.ts';

export type { RunProgress, RunSource, RunSourceFactory } from './run-source.ts';
export type { PanelSelection } from './scenario-panel.ts';
export { PANEL_TYPE, PanelManager } from './panel-manager.ts';

/**
 * Panels for scenario files, those of the last session included.
 * @param sourceOf makes the runs of a file; called once per panel
 */
export function registerPanels(context: vscode.ExtensionContext, sourceOf: RunSourceFactory): PanelManager {
  return new PanelManager(context.extensionUri, sourceOf);
}
