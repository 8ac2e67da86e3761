/**
 * Names and statements come from files of strangers. In Mermaid's text they must be nothing but text: whatever is not a
 * letter, a digit or harmless punctuation is written as an entity, which Mermaid gives back as the character itself.
 */

/** Letters that Mermaid itself uses to carry entities through its parser. */
const MERMAIDS_OWN = 'ﬂß°¶';
const HARMLESS = /^[\p{L}\p{M}\p{N} .,()_/+=·…→×–—'-]$/u;
/** Words after which Mermaid reads a colon as more than a colon. */
const COLON_MATTERS = /style|classdef|wrap/i;
/** Line ends, control characters, and marks that turn the direction of what follows. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;
const LONGEST = 60;

/** Text that can stand in a label of a Mermaid diagram, on one line. */
export function mermaidLabel(text: string, longest = LONGEST): string {
  const plainColon = !COLON_MATTERS.test(text);
  return Array.from(shortened(text.replace(UNPRINTABLE, ' ').trim(), longest), (character) =>
    (HARMLESS.test(character) && !MERMAIDS_OWN.includes(character)) || (character === ':' && plainColon)
      ? character
      : `#${String(character.codePointAt(0))};`,
  ).join('');
}

function shortened(text: string, longest: number): string {
  const characters = Array.from(text);
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
