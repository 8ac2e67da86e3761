import type { PlaceId } from '../../trace/event.ts';

/** Another host as a kernel knows it. */
export interface Neighbour {
  readonly place: PlaceId;
  readonly address: string;
}

/** A port of another host. */
export type RemoteSocket = Neighbour & { readonly port: number };
