import * as l10n from '@vscode/l10n';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { inLanguage } from '../language.ts';
import type { RunView } from '../model/run-view.ts';
import { useSize } from './hooks.ts';
import { Icon } from './icon.tsx';

/** What is to be learned from the run. */
export function Takeaway({ view }: { readonly view: RunView }) {
  const { takeaway } = view.trace.header;
  return takeaway === undefined ? null : <Lesson lesson={inLanguage(takeaway)} />;
}

/** Cut to what the room allows until the reader wants all of it. */
function Lesson({ lesson }: { readonly lesson: string }) {
  const text = useRef<HTMLParagraphElement>(null);
  const size = useSize(text);
  const [open, setOpen] = useState(false);
  const [cut, setCut] = useState(false);
  useLayoutEffect(() => {
    const { current } = text;
    if (current !== null && !open) setCut(current.scrollHeight > current.clientHeight + 1);
  }, [lesson, open, size]);
  return (
    <section class="takeaway" aria-label={l10n.t('What to take away')}>
      <Icon name="lightbulb" />
      <p class={open ? '' : 'is-short'} ref={text}>
        {lesson}
      </p>
      {cut && (
        <button class="link" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? l10n.t('Less') : l10n.t('More')}
        </button>
      )}
    </section>
  );
}
