import tseslint from 'typescript-eslint';
import imports, { createNodeResolver } from 'eslint-plugin-import-x';
import temporal from 'eslint-plugin-temporal';

/** What a folder may import of ours, beside itself (DESIGN §2). `type:` means by `import type` only. */
export const arrows = {
  model: [],
  workflows: ['model', 'type:activities'],
  activities: ['model', 'type:systems', 'systems/wait-until'],
  systems: ['model'],
  installation: ['model', 'systems', 'workflows/contract'],
  worker: ['model', 'workflows', 'activities', 'systems', 'installation'],
  client: ['model', 'worker', 'installation', 'workflows/contract', 'systems/process'],
  rehearsal: ['model', 'systems', 'worker', 'installation', 'client', 'workflows/contract'],
  observer: [],
};

const folders = [...Object.keys(arrows), 'bench', 'test', 'bin'];

/** The patterns that a file of this folder must not import, with the sentence that says so. */
function forbidden(folder) {
  return folders
    .filter((other) => other !== folder && !arrows[folder].includes(other))
    .map((other) => {
      const typeOnly = arrows[folder].includes(`type:${other}`);
      const part = arrows[folder].find((allowed) => allowed.startsWith(`${other}/`));
      return {
        regex: `^(\\.\\./)+${other}/${part === undefined ? '' : `(?!${part.slice(other.length + 1)}(?:\\.js$|/))`}`,
        allowTypeImports: typeOnly,
        message: `${folder}/ may import ${arrows[folder].join(', ') || 'nothing of ours'} (docs/architecture.md).`,
      };
    });
}

/** The packages that a folder may import. `node:` stands for all of Node's own modules. */
export const packages = {
  model: ['string-width', 'yaml', 'zod'],
  workflows: ['@temporalio/common', '@temporalio/workflow'],
  activities: ['node:', '@temporalio/activity', '@temporalio/client'],
  systems: [
    'node:',
    '@aws-sdk/client-ec2',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sts',
    'execa',
    'node-ssh',
    'ssh2',
    'yaml',
    'zod',
  ],
  installation: [
    'node:',
    '@temporalio/client',
    '@temporalio/envconfig',
    '@temporalio/proto',
    '@temporalio/worker',
    'zod',
  ],
  worker: ['node:', '@temporalio/activity', '@temporalio/client', '@temporalio/common', '@temporalio/worker', 'zod'],
  client: [
    'node:',
    '@temporalio/client',
    '@temporalio/common',
    '@temporalio/proto',
    'cli-truncate',
    'commander',
    'zod',
  ],
  rehearsal: ['node:', '@temporalio/client', '@temporalio/proto', 'yaml', 'zod'],
  observer: ['node:', 'string-width'],
};

/** The pattern of all packages that a folder must not import, with the sentence that says so. */
function foreign(folder) {
  const allowed = packages[folder].map((name) => (name === 'node:' ? name : `${name}(?:/|$)`));
  return {
    regex: `^(?!\\.|${allowed.join('|')})`,
    message: `${folder}/ may import ${packages[folder].join(', ') || 'no package'} (docs/architecture.md).`,
  };
}

/** Names that say nothing outside the file that they stand in. */
const commonWords =
  'apply|check|decide|done|end|find|get|handle|held|judge|mark|obey|part|process|seen|set|show|update';

const sayingName = {
  selector: `ExportNamedDeclaration > FunctionDeclaration[id.name=/^(${commonWords})$/]`,
  message: 'An exported function has a name that says what of: showPlan, not show.',
};

const ofNames = 'Names of steps and ids of workflows are made and read in model/steps.ts and model/names/';
/** Names of steps and ids of workflows that are put together, or taken apart, by hand. `\u002F` is a slash. */
const namesByHand = [
  {
    selector: "CallExpression[callee.property.name='split'][arguments.0.value='/']",
    message: `${ofNames}: parseStep, parseWorkflowId.`,
  },
  {
    selector:
      'CallExpression[callee.property.name=/^(startsWith|endsWith|includes)$/] > ' +
      'Literal[value=/^\\u002F?(node|network|wave|cluster)\\u002F|^\\u002F[a-z]+$/]',
    message: `${ofNames}: parseStep, parseWorkflowId.`,
  },
  {
    selector: 'TemplateLiteral[quasis.0.value.raw=/^(node|network|wave|cluster)\\u002F/]',
    message: `${ofNames}: nodeStep, unitStep, networkStep, nodeWorkflowId, waveWorkflowId.`,
  },
];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.groundswell', '**/*.mjs', 'eslint.config.js', 'test/fixtures/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      'max-lines': ['warn', { max: 250 }],
      'no-restricted-syntax': ['error', sayingName],
      // `async` says that a function returns a promise and never throws at once, whether it waits or not
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    plugins: { 'import-x': imports },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] } })],
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-duplicates': 'error',
      'import-x/first': 'error',
      'import-x/newline-after-import': 'error',
    },
  },
  ...Object.keys(arrows).map((folder) => ({
    files: [`${folder}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [...forbidden(folder), foreign(folder)],
        },
      ],
    },
  })),
  {
    files: ['model', 'workflows', 'activities', 'worker', 'client', 'bench'].map((folder) => `${folder}/**/*.ts`),
    // where these names come from, the ids of lanes, and what has slashes of its own
    ignores: ['model/steps.ts', 'model/names/*.ts', 'model/report/lane.ts', 'model/spec/*.ts'],
    rules: { 'no-restricted-syntax': ['error', sayingName, ...namesByHand] },
  },
  {
    files: ['workflows/**/*.ts'],
    plugins: { temporal },
    rules: {
      ...temporal.configs?.workflow?.rules,
      // @typescript-eslint/no-floating-promises does this with types, and knows that setHandler returns nothing
      'temporal/workflow-no-floating-promises': 'off',
      // presets live in activity-options.ts, out of sight of this rule
      'temporal/workflow-require-activity-timeouts': 'off',
      // it takes every exported function for a workflow
      'temporal/workflow-prefer-single-object-args': 'off',
      'temporal/workflow-no-nonserializable-types-in-payloads': 'off',
      // waiting for a person has no time-out
      'temporal/workflow-condition-timeout-style': 'off',
      // it does not see type arguments that stand there
      'temporal/workflow-require-explicit-payload-types': 'off',
    },
  },
  {
    files: ['client/output.ts', 'bench/**/*.ts', 'test/run.ts', 'rehearsal/*.ts', 'observer/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': ['warn', { max: 420 }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
