import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { PanelState, Store } from '../store.ts';

/** The store's state, followed. */
export function useStore(store: Store): PanelState {
  const [state, setState] = useState(store.state);
  useLayoutEffect(() => {
    setState(store.state);
    return store.subscribe(() => setState(store.state));
  }, [store]);
  return state;
}

/** An element's inner size, rounded; 0 until it is known. */
export function useSize(element: RefObject<HTMLElement | null>): { readonly width: number; readonly height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const measure = (): void => {
      const width = Math.floor(current.clientWidth);
      const height = Math.floor(current.clientHeight);
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

export interface Theme {
  readonly fontFamily: string;
  readonly dark: boolean;
}

/** What of the theme a drawing needs as values; a new object whenever VS Code changes its theme or fonts. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    // VS Code marks the theme on the body's class and writes its variables on the root's style.
    const observer = new MutationObserver(() => {
      const now = readTheme();
      setTheme((old) => (old.fontFamily === now.fontFamily && old.dark === now.dark ? old : now));
    });
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}

function readTheme(): Theme {
  const { classList } = document.body;
  return {
    fontFamily: getComputedStyle(document.body).fontFamily,
    dark:
      classList.contains('vscode-dark') ||
      (classList.contains('vscode-high-contrast') && !classList.contains('vscode-high-contrast-light')),
  };
}
