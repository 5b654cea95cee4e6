// The loops in which contenders answer. Each contender gets a copy of this file for each row, so that an
// engine's memory of what was called here before is about that contender alone. What they return is checked,
// so no answer can be left out.

export function yeses(ask, questions, times) {
  let sum = 0;
  for (let n = 0, at = 0; n < times; n += 1) {
    sum += ask(questions[at]) ? 1 : 0;
    at = at + 1 === questions.length ? 0 : at + 1;
  }
  return sum;
}

export function lengths(ask, questions, times) {
  let sum = 0;
  for (let n = 0; n < times; n += 1) sum += ask(questions[n % questions.length]).length;
  return sum;
}

export async function laterYeses(ask, questions, times) {
  let sum = 0;
  for (let n = 0; n < times; n += 1) sum += (await ask(questions[n % questions.length])) ? 1 : 0;
  return sum;
}

export async function laterLengths(ask, questions, times) {
  let sum = 0;
  for (let n = 0; n < times; n += 1) sum += (await ask(questions[n % questions.length])).length;
  return sum;
}
