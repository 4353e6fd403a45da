"use strict";

/*
 * Counts the archive of a closed vote again, in the browser that opened it and with nothing else: it asks no server.
 * It is written a fourth time, apart from the two programs of the server and from tools/recount.py, in the same order
 * as that one, so that both may be read side by side. Whole numbers beyond 2^53 are BigInt; nothing is rounded.
 */
const recounting = (() => {
  const UNIT = 100000n;
  const ANSWERS = ["for", "against", "abstain", "blank"];
  const PARTS = ["ballots", "form", "result", "roll", "rule"];

  /* Names come from the archive: a table without a prototype holds any of them. */
  const table = (pairs = []) => Object.assign(Object.create(null), Object.fromEntries(pairs));
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const add = (into, name, number) => { into[name] = (into[name] ?? 0) + number; };

  class Unreadable extends Error {}

  /* Reading and hashing */

  /** The archive of that text; only whole numbers that JavaScript holds exactly. */
  function read(text) {
    const archive = JSON.parse(text, (_name, value) => {
      if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Unreadable(`nombre ${value}`);
      return value;
    });
    if (archive?.v !== 1 || archive.form?.v !== 1) throw new Unreadable("version");
    return archive;
  }

  /** Canonical JSON (RFC 8785) of whole numbers, words, lists and objects. */
  function canonical(fact) {
    if (Array.isArray(fact)) return `[${fact.map(canonical).join(",")}]`;
    if (fact === null || typeof fact !== "object") return JSON.stringify(fact);
    return `{${Object.keys(fact).sort().map((name) => `${JSON.stringify(name)}:${canonical(fact[name])}`).join(",")}}`;
  }

  async function sha256(text) {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /** The order of code points; that of JavaScript is another beyond U+FFFF. */
  function byPoint(one, two) {
    let at = 0;
    while (at < one.length && one[at] === two[at]) at += 1;
    return (one.codePointAt(at) ?? -1) - (two.codePointAt(at) ?? -1);
  }

  /** The parts whose hash is not the one they were sealed under, and the hash of the whole. */
  async function checkHashes(archive, seal) {
    const found = table();
    for (const part of PARTS) found[part] = await sha256(part === "ballots" ? lines(archive) : canonical(archive[part]));
    const told = archive.hashes;
    const whole = await sha256(canonical(found));
    const wrong = PARTS.filter((part) => found[part] !== told[part]).map((part) => ["hash", { part }]);
    if (told.whole !== whole || Object.keys(told).length !== PARTS.length + 1) wrong.push(["whole", {}]);
    const asked = seal.replace(/\s/g, "").toLowerCase();
    if (!whole.startsWith(asked)) wrong.push(["seal", {}]);
    return { whole, wrong };
  }

  function lines(archive) {
    const told = archive.ballots.map(([college, content, papers]) => `${JSON.stringify(college)} ${content} ${papers}`);
    return told.sort(byPoint).join("\n");
  }

  /** More ballots than voters, in all or in a college. */
  function checkRoll(roll, turnout) {
    const cast = Object.entries(turnout).map(([college, line]) => [college, sum(Object.values(line))]);
    const all = sum(cast.map(([, ballots]) => ballots));
    const wrong = all > roll.size ? [["roll", { ballots: all, enrolled: roll.size }]] : [];
    if (!Object.keys(roll.colleges).length) return wrong;
    for (const [college, ballots] of cast) {
      const enrolled = Object.hasOwn(roll.colleges, college) ? roll.colleges[college] : 0;
      if (ballots > enrolled) wrong.push(["college", { college, ballots, enrolled }]);
    }
    return wrong;
  }

  /* The urn */

  /** The ballots one by one: turnout by college, the valid ones, and the order of the lot where it was declared. */
  async function openUrn(archive) {
    const { form, rule, roll } = archive;
    const ids = form.options.map((option) => option.id);
    const urn = { form, rule, roll, ids, turnout: table(), valid: [], ties: [], lot: table() };
    const head = `01${(await sha256(canonical(form))).slice(0, 16)}`;
    for (const [college, content, papers] of archive.ballots) {
      if (!Number.isSafeInteger(papers) || papers < 1) throw new Unreadable("bulletins");
      const { sort, marks } = readBallot(form, ids, head, content);
      urn.turnout[college] ??= { valid: 0, blank: 0, null: 0 };
      urn.turnout[college][sort] += papers;
      if (sort === "valid") urn.valid.push({ college, marks, papers });
    }
    urn.count = sum(urn.valid.map((ballot) => ballot.papers));
    if (rule.tie === "seed") {
      for (const one of [...ids, "for", "against"]) urn.lot[one] = await sha256(`${rule.seed}:${one}`);
    }
    return urn;
  }

  function readBallot(form, ids, head, content) {
    if (!/^([0-9a-f]{2})*$/.test(content)) throw new Unreadable("bulletin");
    const raw = (content.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
    const given = raw.slice(10);
    if (content.slice(0, 18) !== head || given.length !== ids.length || raw[9] > 1) return { sort: "null" };
    if (raw[9] === 1 && given.every((mark) => mark === 0)) return { sort: "blank" };
    const marks = table(ids.map((one, place) => [one, given[place]]));
    return { sort: raw[9] === 0 && isSound(form, given) ? "valid" : "null", marks };
  }

  /** Whether marks keep to the form. */
  function isSound(form, marks) {
    const given = marks.filter((mark) => mark !== 0);
    const most = Math.max(...given);
    const complete = given.length === marks.length;
    if (!given.length) return false;
    switch (form.kind) {
      case "resolutions": return complete && most <= 4 && given.some((mark) => mark !== 4);
      case "grades": return (complete || form.missing === "worst") && most <= form.grades.length;
      case "ranking": return [...given].sort((one, two) => one - two).every((rank, place) => rank === place + 1);
      case "rivals": return most === new Set(given).size;
      case "choices": return most === 1 && form.least <= given.length && given.length <= form.most;
      case "lists": return most === 1 && given.length === 1;
      case "approval": return most === 1;
      default: throw new Unreadable("forme");
    }
  }

  /* Equal votes */

  /** Equal options in the order of the declared rule: the drawn one, or the chair's; else nothing. */
  function prefer(urn, tied) {
    if (urn.rule.tie === "seed") return [...tied].sort((one, two) => byPoint(urn.lot[one], urn.lot[two]));
    const chair = urn.rule.chair;
    if (urn.rule.tie === "chair" && tied.every((one) => chair.includes(one))) return chair.filter((one) => tied.includes(one));
    return [];
  }

  function tie(urn, matter, among, chosen, stage = 0, about = "") {
    urn.ties.push({ matter, among: [...among].sort(byPoint), rule: urn.rule.tie, chosen, stage, about });
  }

  /** Options in tiers, equal ones together, the first by `compare` in front. */
  function tiers(ids, compare) {
    const found = [];
    for (const one of [...ids].sort(byPoint).sort(compare)) {
      const last = found.at(-1);
      if (last && compare(last[0], one) === 0) last.push(one);
      else found.push([one]);
    }
    return found;
  }

  /** Give seats from the best down; equal votes for the last one are settled by the rule. */
  function seat(urn, order, seats) {
    const elected = [];
    for (const tied of order) {
      const left = seats - elected.length;
      if (left > 0 && left < tied.length) {
        const kept = prefer(urn, tied).slice(0, left);
        tie(urn, "seat", tied, kept);
        return { elected: [...elected, ...kept], vacant: left - kept.length };
      }
      if (left > 0) elected.push(...tied);
    }
    return { elected, vacant: seats - elected.length };
  }

  /* The counts, one function a form */

  /** Answers of each resolution by college; a blank sheet is blank for each. */
  function resolutions(urn) {
    const answers = table();
    for (const one of [...urn.ids].sort(byPoint)) {
      answers[one] = table(Object.keys(urn.turnout).map((college) => [college, table(ANSWERS.map((word) => [word, 0]))]));
      for (const { college, marks, papers } of urn.valid) answers[one][college][ANSWERS[marks[one] - 1]] += papers;
      for (const [college, line] of Object.entries(urn.turnout)) answers[one][college].blank += line.blank;
      if (urn.rule.majority) return { elected: [], vacant: 0, detail: { answers, decision: decide(urn, one, answers[one]) } };
      const total = (word) => sum(Object.values(answers[one]).map((line) => line[word]));
      if (total("for") === total("against") && total("for") > 0) {
        const kept = urn.rule.tie === "status_quo" ? ["against"] : prefer(urn, ["against", "for"]).slice(0, 1);
        tie(urn, "answer", ["against", "for"], kept, 0, one);
      }
    }
    return { elected: [], vacant: 0, detail: { answers } };
  }

  /** What the majority decides, in shares of its base weighed by college; heads are one college of weight 1. */
  function decide(urn, one, answers) {
    const { majority, weights } = urn.rule;
    const { size, colleges, present } = urn.roll;
    const own = (fact, name) => (Object.hasOwn(fact, name) ? fact[name] : undefined);
    const sizes = Object.entries(Object.keys(colleges).length ? colleges : { "": size }).filter(([, number]) => number);
    const share = { for: [0n, 1n], against: [0n, 1n] };
    let [total, measured] = [[0n, 1n], 0];
    for (const [college, enrolled] of sizes) {
      const said = own(answers, college) ?? { for: 0, against: 0 };
      const bases = { EXPRESSED: said.for + said.against, PRESENT_OR_REPRESENTED: own(present, college) ?? 0, ALL_MEMBERS: enrolled };
      const base = own(bases, majority.base);
      if (base === undefined) throw new Unreadable("majorité");
      const weight = fraction(weights ? weights[college] : "1");
      total = plus(total, weight);
      measured += base;
      for (const word of ["for", "against"]) {
        share[word] = plus(share[word], [weight[0] * BigInt(said[word]), weight[1] * BigInt(Math.max(base, 1))]);
      }
    }
    const part = measured ? reduced([share.for[0] * total[1], share.for[1] * total[0]]) : [0n, 1n];
    const over = compare(part, fraction(majority.fraction));
    const adopted = measured > 0 && (over > 0 || (over === 0 && !majority.strict));
    const equal = share.for[0] > 0n && compare(share.for, share.against) === 0;
    if (equal && !adopted) tie(urn, "answer", ["against", "for"], ["against"], 0, one);
    const decided = adopted ? "adopted" : "rejected";
    return { outcome: measured ? decided : "no_decision", share: part[1] === 1n ? `${part[0]}` : `${part[0]}/${part[1]}` };
  }

  /* Fractions are pairs of BigInt. */
  const fraction = (told) => told.split("/").concat("1").slice(0, 2).map(BigInt);
  const plus = ([one, under], [two, other]) => reduced([one * other + two * under, under * other]);
  const compare = ([one, under], [two, other]) => sign(one * other - two * under);

  function reduced([over, under]) {
    let [one, two] = [over, under];
    while (two) [one, two] = [two, one % two];
    return [over / one, under / one];
  }

  function votesOf(urn) {
    return table(urn.ids.map((one) => [one, sum(urn.valid.map(({ marks, papers }) => papers * marks[one]))]));
  }

  /** The most chosen take the seats; whom nobody chose takes none. */
  function chosen(urn) {
    const votes = votesOf(urn);
    const order = tiers(urn.ids.filter((one) => votes[one]), (one, two) => votes[two] - votes[one]);
    return { ...seat(urn, order, urn.form.seats), detail: { votes, order } };
  }

  /** The grade of the lower middle ballot. */
  function middle(profile) {
    const whole = sum(profile);
    let below = 0;
    return profile.findIndex((papers) => 2 * (below += papers) >= whole);
  }

  /** Majority judgment: take one ballot of the majority grade away from each, until the majority grades differ. */
  function grades(urn) {
    const profiles = table(urn.ids.map((one) => [one, urn.form.grades.map(() => 0)]));
    for (const { marks, papers } of urn.valid) {
      for (const one of urn.ids) profiles[one][Math.max(marks[one] - 1, 0)] += papers;
    }
    const majority = table(urn.valid.length ? urn.ids.map((one) => [one, middle(profiles[one])]) : []);
    const order = urn.valid.length ? part(urn, profiles) : [];
    return { ...seat(urn, order, urn.form.seats), detail: { grades: profiles, order, majority } };
  }

  function part(urn, told) {
    const profiles = table(urn.ids.map((one) => [one, [...told[one]]]));
    let groups = [[...urn.ids].sort(byPoint)];
    for (let ballot = 0; ballot < urn.count && groups.length < urn.ids.length; ballot += 1) {
      const seen = table(urn.ids.map((one) => [one, middle(profiles[one])]));
      for (const one of urn.ids) profiles[one][seen[one]] -= 1;
      groups = groups.flatMap((group) => tiers(group, (one, two) => seen[two] - seen[one]));
    }
    return groups;
  }

  /** Schulze: duels, then chains made longer until none gets stronger; the unbeaten come first. */
  function rivals(urn) {
    const others = (one) => urn.ids.filter((two) => two !== one);
    const pairs = (value) => table(urn.ids.map((one) => [one, table(others(one).map((two) => [two, value(one, two)]))]));
    const rank = (marks, one) => marks[one] || 999;
    const wins = (one, two) => sum(urn.valid.map(({ marks, papers }) => (rank(marks, one) < rank(marks, two) ? papers : 0)));
    const duels = pairs(wins);
    const paths = pairs((one, two) => (duels[one][two] > duels[two][one] ? duels[one][two] : 0));
    while (lengthen(urn.ids, paths));
    const order = [];
    let left = urn.valid.length ? [...urn.ids].sort(byPoint) : [];
    while (left.length) {
      const best = left.filter((one) => left.every((two) => two === one || paths[one][two] >= paths[two][one]));
      order.push(best);
      left = left.filter((one) => !best.includes(one));
    }
    let elected = order[0] ?? [];
    if (elected.length > 1) {
      const stays = elected.filter((one) => one === urn.form.status_quo);
      elected = urn.rule.tie === "status_quo" ? stays : prefer(urn, elected).slice(0, 1);
      tie(urn, "seat", order[0], elected);
    }
    return { elected, vacant: 1 - elected.length, detail: { duels, paths, order } };
  }

  /** Let each chain pass by one more text where that makes it stronger; whether any did. */
  function lengthen(ids, paths) {
    let grows = false;
    for (const one of ids) {
      for (const two of ids.filter((id) => id !== one)) {
        for (const via of ids.filter((id) => id !== one && id !== two)) {
          const strength = Math.min(paths[one][via], paths[via][two]);
          if (strength > paths[one][two]) { paths[one][two] = strength; grows = true; }
        }
      }
    }
    return grows;
  }

  /** Lists above the threshold share the seats, one after the other. */
  function lists(urn) {
    const votes = votesOf(urn);
    const { seats: number, sharing } = urn.form;
    const [over, under = "1"] = urn.form.threshold.split("/");
    const reaches = (one) => votes[one] >= 1 && BigInt(votes[one]) * BigInt(under) >= BigInt(over) * BigInt(urn.count);
    const admitted = [...urn.ids].sort(byPoint).filter(reaches);
    const total = BigInt(sum(admitted.map((one) => votes[one])));
    const seats = table(urn.ids.map((one) => [one, 0]));
    const rests = new Map();
    for (const one of sharing === "largest_remainder" ? admitted : []) {
      const share = BigInt(votes[one]) * BigInt(number);
      seats[one] = Number(share / total);
      rests.set(one, share % total);
    }
    // Over one more seat each; remainders are all over the same total.
    const averaged = (one, two) => sign(BigInt(votes[two]) * BigInt(seats[one] + 1) - BigInt(votes[one]) * BigInt(seats[two] + 1));
    const remaining = (one, two) => sign(rests.get(two) - rests.get(one));
    let vacant = admitted.length ? 0 : number;
    while (admitted.length && sum(Object.values(seats)) + vacant < number) {
      const left = number - sum(Object.values(seats));
      const [among, worth] = rests.size ? [[...rests.keys()], remaining] : [admitted, averaged];
      const [tied] = tiers(among, (one, two) => worth(one, two) || votes[two] - votes[one]);
      const kept = tied.length <= left ? tied : prefer(urn, tied).slice(0, left);
      if (tied.length > left) {
        tie(urn, "seat", tied, kept);
        vacant = left - kept.length;
      }
      for (const one of kept) { seats[one] += 1; rests.delete(one); }
    }
    const places = (one) => Array.from({ length: seats[one] }, (_none, place) => `${one}#${place + 1}`);
    return { elected: [...urn.ids].sort(byPoint).flatMap(places), vacant, detail: { votes, admitted, seats } };
  }

  const sign = (number) => (number > 0n) - (number < 0n);

  /** A ranking as a returning officer counts it, with parcels: SSI 2007/42, schedule 1, rules 45 to 52. */
  class Officer {
    constructor(urn) {
      this.urn = urn;
      this.seats = urn.form.seats;
      this.quota = Math.floor(urn.count / (this.seats + 1)) + 1;
      this.full = BigInt(this.quota) * UNIT;
      this.all = [...urn.ids].sort(byPoint);
      this.piles = table(this.all.map((one) => [one, []]));
      this.credit = table(this.all.map((one) => [one, 0n]));
      this.standing = new Set(this.all);
      this.out = new Set();
      this.waiting = new Map();
      this.elected = [];
      this.exhausted = 0n;
      this.stages = [];
    }

    run() {
      const papers = this.urn.valid.map(({ marks, papers: number }) => ({ names: this.ranked(marks), number: BigInt(number), value: UNIT }));
      if (papers.length) {
        this.stage("first", "", papers);
        Object.assign(this.stages[0], { papers: 0, to: {} });
      }
      while (papers.length && this.standing.size && this.elected.length < this.seats) {
        if (this.standing.size <= this.seats - this.elected.length) this.stage("fill", "", [], true);
        else if (!(this.waiting.size ? this.surplus() : this.exclude())) break;
      }
      const detail = { unit: Number(UNIT), quota: this.quota, stages: this.stages };
      return { elected: this.elected, vacant: this.seats - this.elected.length, detail };
    }

    ranked(marks) {
      return this.urn.ids.filter((one) => marks[one]).sort((one, two) => marks[one] - marks[two]);
    }

    /** The highest surplus goes on, each ballot at its share of it, to five decimals. */
    surplus() {
      const one = this.first("surplus", this.waiting, (worth, than) => worth > than);
      if (!one) return false;
      const had = this.waiting.get(one);
      this.waiting.delete(one);
      this.credit[one] = this.full;
      const share = ({ names, number, value }) => ({ names, number, value: ((had - this.full) * value) / had });
      this.stage("surplus", one, this.piles[one].map(share));
      return true;
    }

    /** The fewest votes go, each ballot at the value it had. */
    exclude() {
      const worth = new Map([...this.standing].map((one) => [one, this.credit[one]]));
      const one = this.first("exclusion", worth, (less, than) => less < than);
      if (!one) return false;
      this.standing.delete(one);
      this.out.add(one);
      this.credit[one] = 0n;
      this.stage("exclusion", one, this.piles[one]);
      return true;
    }

    /** Hand the parcels on, elect, and write down where everybody stands. */
    stage(act, source, papers, fill = false) {
      const to = table();
      const rest = [0n, 0n];
      for (const { names, number, value } of papers) {
        const later = names.filter((one) => this.standing.has(one));
        const got = later.length ? (to[later[0]] ??= [0n, 0n]) : rest;
        got[0] += number;
        got[1] += number * value;
        if (later.length) {
          this.piles[later[0]].push({ names: later, number, value });
          this.credit[later[0]] += number * value;
        }
      }
      this.exhausted += rest[1];
      const elected = this.all.filter((one) => this.standing.has(one) && (fill || this.credit[one] >= this.full));
      elected.sort((one, two) => sign(this.credit[two] - this.credit[one]));
      for (const one of elected) {
        if (this.credit[one] > this.full) this.waiting.set(one, this.credit[one]);
        this.standing.delete(one);
      }
      this.elected.push(...elected);
      const votes = table(this.all.filter((one) => !this.out.has(one)).map((one) => [one, Number(this.credit[one])]));
      const credited = this.all.reduce((total, one) => total + this.credit[one], 0n);
      const lost = BigInt(this.urn.count) * UNIT - credited - this.exhausted;
      const moved = papers.reduce((total, { number }) => total + number, 0n);
      this.stages.push({
        act, from: source, papers: Number(moved), to: table(Object.entries(to).map(([one, got]) => [one, got.map(Number)])),
        rest: rest.map(Number), votes, elected, exhausted: Number(this.exhausted), lost: Number(lost),
      });
    }

    /** Who goes first: by the most recent stage at which they were unequal, else by the declared rule. */
    first(matter, worth, isBetter) {
      const best = (ids, value) => {
        const top = ids.map(value).reduce((found, one) => (isBetter(one, found) ? one : found));
        return ids.filter((one) => value(one) === top);
      };
      let tied = best([...worth.keys()], (one) => worth.get(one));
      for (const stage of [...this.stages].reverse()) tied = best(tied, (one) => stage.votes[one]);
      if (tied.length === 1) return tied[0];
      const order = prefer(this.urn, tied);
      const kept = matter === "surplus" ? order.slice(0, 1) : order.slice(-1);
      tie(this.urn, matter, tied, kept, this.stages.length + 1);
      return kept[0];
    }
  }

  const WAYS = {
    resolutions, grades, rivals, lists, choices: chosen, approval: chosen, ranking: (urn) => new Officer(urn).run(),
  };

  /** The places where the archive and the recount say something else. */
  function differences(told, found, where) {
    const isObject = (fact) => fact !== null && typeof fact === "object" && !Array.isArray(fact);
    if (isObject(told) && isObject(found)) {
      const names = [...new Set([...Object.keys(told), ...Object.keys(found)])].sort();
      const own = (fact, name) => (Object.hasOwn(fact, name) ? fact[name] : null);
      return names.flatMap((name) => differences(own(told, name), own(found, name), [...where, name]));
    }
    const [one, two] = [canonical(told), canonical(found)];
    return one === two ? [] : [["differs", { where: where.join(" / "), told: one.slice(0, 60), found: two.slice(0, 60) }]];
  }

  /** Count that archive again: what was found, the hash of the whole, and all that does not agree. */
  async function judge(archive, seal = "") {
    const urn = await openUrn(archive);
    const { elected, vacant, detail } = WAYS[urn.form.kind](urn);
    const { turnout, ties } = urn;
    const found = { v: 1, kind: urn.form.kind, turnout, elected, vacant, ties, detail };
    const hashes = await checkHashes(archive, seal);
    const wrong = [...hashes.wrong, ...checkRoll(archive.roll, turnout), ...differences(archive.result, found, [])];
    return { found, turnout, whole: hashes.whole, wrong };
  }

  return { read, judge, sum };
})();
