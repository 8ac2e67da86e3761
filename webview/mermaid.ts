import mermaid from 'mermaid';
Object.assign(globalThis, { mermaid });
