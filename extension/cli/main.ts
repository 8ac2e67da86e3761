import manifest from '../../package.json' with { type: 'json' };

if (process.argv.includes('--version')) console.log(manifest.version);
