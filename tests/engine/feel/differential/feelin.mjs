// Evaluates expressions with the independent FEEL implementation `feelin` (a development package of web/frontend).
// stdin: {"variables": {…}, "expressions": […]}; stdout: one [kind, value] per expression.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { evaluate } = await import(pathToFileURL(createRequire(process.argv[2]).resolve('feelin')));

const TEMPORAL = { FeelDate: 'date', FeelDateTime: 'date and time', FeelTime: 'time', FeelDuration: 'duration' };

function plain(value) {
  if (value === null || value === undefined) return ['null', null];
  if (Array.isArray(value)) return ['list', value.map(plain)];
  const temporal = TEMPORAL[value.constructor?.name];
  if (temporal) return [temporal, String(value)];
  if (value.constructor?.name === 'FeelRange') return ['range', null];
  if (typeof value === 'function' || value.constructor?.name === 'FunctionWrapper') return ['function', null];
  if (typeof value === 'object') return ['context', Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]))];
  if (typeof value === 'number' && !Number.isFinite(value)) return ['null', null];
  return [typeof value, value];
}

function answer(expression, variables) {
  try {
    return plain(evaluate(expression, variables).value);
  } catch (error) {
    return ['error', String(error.message).slice(0, 200)];
  }
}

let text = '';
for await (const part of process.stdin) text += part;
const { variables, expressions } = JSON.parse(text);
process.stdout.write(JSON.stringify(expressions.map((one) => answer(one, variables))));
