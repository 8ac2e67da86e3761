import * as vscode from 'vscode';
import { DAY } from '../base/time.ts';
import type { RunLimits } from '../engine/simulation.ts';
import { DEFAULT_LIMITS } from '../engine/simulation.ts';
import { MAX_EVENTS_SETTING, MAX_TIME_SETTING } from './setting-names.ts';

/** The limits for runs of a file. What is not a positive number counts as not set. */
export function limitsFor(uri: vscode.Uri): RunLimits {
  const settings = vscode.workspace.getConfiguration(undefined, uri);
  const days = positive(settings.get(MAX_TIME_SETTING));
  return {
    maxEvents: positive(settings.get(MAX_EVENTS_SETTING)) ?? DEFAULT_LIMITS.maxEvents,
    maxTime: days === undefined ? DEFAULT_LIMITS.maxTime : Math.round(days * DAY),
  };
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}
