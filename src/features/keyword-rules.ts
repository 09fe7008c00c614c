// Categories by words: the category whose words stand in a text most often. Rough, but it needs neither data nor a model.

export interface KeywordMatch {
  readonly category: string;
  /** Its share of all words found. */
  readonly confidence: number;
}

const WORDS: Readonly<Record<string, string>> = {
  math: 'equation integral derivative algebra geometry triangle fraction polynomial matrix prime theorem calculus probability solve',
  physics: 'physics force velocity acceleration energy momentum quantum gravity voltage electron magnetic photon',
  chemistry: 'chemistry molecule reaction acid compound oxidation mole catalyst ion chemical titration',
  biology: 'biology cell gene protein dna enzyme species evolution organism bacteria photosynthesis',
  'computer science':
    'algorithm code function python javascript program software compiler database array string recursion api',
  history: 'history war empire century revolution king treaty ancient dynasty president',
  economics: 'economics inflation gdp demand supply market monetary fiscal elasticity unemployment',
  health: 'health disease patient symptom medicine treatment doctor diagnosis vaccine therapy drug',
  psychology: 'psychology behavior behaviour cognitive memory personality emotion anxiety freud conditioning',
  law: 'law court legal contract statute judge plaintiff defendant constitution tort liability',
  business: 'business company marketing revenue profit management strategy customer accounting investment',
  philosophy: 'philosophy ethics moral kant plato existence metaphysics epistemology utilitarianism',
  engineering: 'engineering circuit bridge stress torque turbine transistor beam load mechanical',
};

/** null: no word of any category stands in the text. `own` adds words; of equal counts the first in `list` wins. */
export function categoryByKeywords(
  text: string,
  list: readonly string[],
  own: Readonly<Record<string, readonly string[]>> = {},
): KeywordMatch | null {
  const plain = ` ${text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  const counts = list.map((name) => {
    const words = [...(Object.hasOwn(WORDS, name) ? WORDS[name]!.split(' ') : []), ...(own[name] ?? [])];
    return words.reduce((sum, word) => sum + plain.split(` ${word.toLowerCase()} `).length - 1, 0);
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const most = Math.max(...counts);
  return { category: list[counts.indexOf(most)]!, confidence: most / total };
}
