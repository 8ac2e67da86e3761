/** The page's end of the line to the extension. */
import type {
  HostNotice,
  HostToPanel,
  PanelNotice,
  PanelRequests,
  PanelToHost,
  RequestKind,
  SavedState,
} from '../extension/protocol/messages.ts';
import { Requester } from '../extension/protocol/requester.ts';
import { asHostToPanel, asSavedState } from '../extension/protocol/validate.ts';

export class Connection {
  private readonly api = acquireVsCodeApi();
  private readonly requester = new Requester((message) => this.post(message));

  /** @param onNotice called for whatever the host says by itself */
  constructor(onNotice: (notice: HostNotice) => void) {
    window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message: HostToPanel | undefined = asHostToPanel(data);
      if (message === undefined) return;
      if (message.kind === 'reply' || message.kind === 'error') this.requester.settle(message);
      else onNotice(message);
    });
  }

  request<K extends RequestKind>(kind: K, params: PanelRequests[K]['params']): Promise<PanelRequests[K]['result']> {
    return this.requester.request(kind, params);
  }

  notify(notice: PanelNotice): void {
    this.post(notice);
  }

  /** Where the page was before it was hidden or restored; undefined on its first time. */
  get saved(): SavedState | undefined {
    return asSavedState(this.api.getState());
  }

  save(state: SavedState): void {
    this.api.setState(state);
  }

  private post(message: PanelToHost): void {
    this.api.postMessage(message);
  }
}
