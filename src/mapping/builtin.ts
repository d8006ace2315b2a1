/** Every function of jsonata 2.2.2 but `$eval`, which is refused. */
export const BUILT_INS: readonly string[] =
  `abs append assert average base64decode base64encode boolean ceil clone
  contains count decodeUrl decodeUrlComponent distinct each encodeUrl encodeUrlComponent error exists filter floor
  formatBase formatInteger formatNumber fromMillis join keys length lookup lowercase map match max merge millis min not
  now number pad parseInteger power random reduce replace reverse round shuffle sift single sort split spread sqrt
  string substring substringAfter substringBefore sum toMillis trim type uppercase zip`.split(/\s+/);
