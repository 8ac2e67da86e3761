import type { Uri } from 'vscode';
import type { Catalogue } from '../editor/catalogue.ts';
import type { RunService } from '../editor/run-service.ts';
import type { ScenarioFiles } from '../editor/scenario-files.ts';

/** What commands work with. */
export interface CommandServices {
  readonly extensionUri: Uri;
  readonly catalogue: Catalogue;
  readonly files: ScenarioFiles;
  readonly runs: RunService;
  /** Opens or reveals the file's panel beside its editor, and shows one of its runs. */
  readonly showRuns: (uri: Uri, run?: number) => Promise<void>;
  /** What "Run Again" means. */
  readonly lastRun: { uri?: Uri };
}
