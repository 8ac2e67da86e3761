/** A codicon. It never stands alone for a meaning: a word or a label is beside it. */
export function Icon({ name }: { readonly name: string }) {
  return <span class={`codicon codicon-${name}`} aria-hidden="true" />;
}
