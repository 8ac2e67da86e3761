import type { HostReply, PanelRequest, PanelRequests, RequestKind } from './messages.ts';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** Questions of the page to the host. Every one settles: with its answer, with an error, or when `close` is called. */
export class Requester {
  private readonly post: (message: PanelRequest) => void;
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;

  constructor(post: (message: PanelRequest) => void) {
    this.post = post;
  }

  request<K extends RequestKind>(kind: K, params: PanelRequests[K]['params']): Promise<PanelRequests[K]['result']> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.post({ kind: 'request', request: kind, id, params } as PanelRequest);
    });
  }

  /** Hands an answer to whoever asked. An answer that nobody waits for is dropped. */
  settle(reply: HostReply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (reply.kind === 'reply') waiting?.resolve(reply.result);
    else waiting?.reject(new Error(reply.message));
  }

  close(reason: Error): void {
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
  }
}
