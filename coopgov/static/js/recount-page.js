"use strict";

/* The page of recount.js: reads the file that is opened or dropped, and shows both counts side by side. */
(() => {
  const page = document.getElementById("recount");
  const [archive, seal] = ["archive", "seal"].map((id) => document.getElementById(id));
  const part = (name) => page.querySelector(`[data-part="${name}"]`);

  /* Every sentence stands in the page, in the language of the page. */
  const say = (name, values = {}) => {
    const sentence = page.querySelector(`[data-sentence="${name}"]`).textContent;
    return sentence.replace(/\{(\w+)\}/g, (_all, value) => values[value]);
  };

  const make = (tag, text, attributes = {}) => {
    const made = Object.assign(document.createElement(tag), { textContent: text });
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    return made;
  };

  /* The tallies of a result, as lines of [what, value] */

  const votes = (number) => {
    const [whole, rest] = [Math.floor(number / 100000), String(number % 100000).padStart(5, "0")];
    return number % 100000 ? `${whole}${say("point")}${rest.replace(/0+$/, "")}` : String(whole);
  };

  const TALLIES = {
    resolutions: (option, { answers }, { options }) => {
      const one = options.length === 1; // its blank ballots are those of the urn
      return ["for", "against", "abstain", ...(one ? [] : ["blank"])].map((word) => [
        one ? say(word) : `${option.label} – ${say(word)}`, recounting.sum(Object.values(answers[option.id]).map((line) => line[word])),
      ]);
    },
    choices: (option, detail) => [[option.label, detail.votes[option.id]]],
    approval: (option, detail) => [[option.label, detail.votes[option.id]]],
    lists: (option, detail) => [[option.label, say("seats", { votes: detail.votes[option.id], seats: detail.seats[option.id] })]],
    grades: (option, detail, form) => [[option.label, say("grade", {
      grade: form.grades[detail.majority[option.id]]?.label ?? "–", profile: detail.grades[option.id].join(" · "),
    })]],
    ranking: (option, { stages }) => [[
      option.label, stages.map((stage) => stage.votes[option.id]).filter((one) => one !== undefined).map(votes).join(" → "),
    ]],
    rivals: (option, { duels }, form) => form.options.filter((other) => other.id > option.id).map((other) => [
      `${option.label} – ${other.label}`, `${duels[option.id][other.id]} – ${duels[other.id][option.id]}`,
    ]),
  };

  /* What a majority decides of one resolution, and the share of its base that is for it. */
  function decided({ decision }) {
    return decision ? [[say("decision"), say(`outcome-${decision.outcome}`)], [say("share"), decision.share]] : [];
  }

  function tally(form, result) {
    const turnout = ["valid", "blank", "null"].map((sort) => [
      say(sort), recounting.sum(Object.values(result.turnout).map((line) => line[sort])),
    ]);
    const label = (one) => {
      const [id, place] = one.split("#");
      const option = form.options.find((each) => each.id === id);
      return place ? option.names[place - 1] : option.label;
    };
    const lines = form.options.flatMap((option) => TALLIES[form.kind](option, result.detail, form));
    const elected = form.kind === "resolutions" ? decided(result.detail) : [[say("elected"), result.elected.map(label).join(", ") || "–"]];
    return [...turnout, ...lines, ...elected];
  }

  /* What an altered archive tells may have no form at all: then it tells nothing. */
  function told(form, result) {
    try {
      return tally(form, result);
    } catch {
      return [];
    }
  }

  /* The answer */

  function show(kind, heading) {
    page.querySelectorAll("[data-answer]").forEach((notice) => { notice.hidden = notice.dataset.answer !== kind; });
    if (heading) page.querySelector(`[data-answer="${kind}"] [data-text]`).textContent = heading;
  }

  function table(form, archived, found) {
    const lines = told(form, archived);
    const [said, counted, agree] = [say("said"), say("counted"), say("agree")];
    const rows = tally(form, found).map(([what, value], place) => {
      const before = String(lines[place]?.[1] ?? "–");
      const same = before === String(value);
      const row = make("tr", "");
      const cells = [[said, before], [counted, value], [agree, say(same ? "same" : "other")]];
      row.append(make("th", what, { scope: "row" }), ...cells.map(([name, text]) => make("td", text, { "data-label": name })));
      return row;
    });
    part("rows").replaceChildren(...rows);
  }

  function complain([name, values]) {
    return make("li", say(`wrong-${name}`, values.part ? { part: say(`part-${values.part}`) } : values));
  }

  async function recount(file) {
    if (!file) return;
    part("found").hidden = true;
    show("working", say("working", { name: file.name }));
    try {
      const read = recounting.read(await file.text());
      const { found, turnout, whole, wrong } = await recounting.judge(read, seal.value);
      const cast = recounting.sum(Object.values(turnout).flatMap((line) => Object.values(line)));
      part("summary").textContent = say("summary", { ballots: cast, enrolled: read.roll.size });
      part("whole").textContent = whole;
      part("wrong").replaceChildren(...wrong.slice(0, 20).map(complain));
      table(read.form, read.result, found);
      part("found").hidden = false;
      show(wrong.length ? "no" : "yes");
    } catch (error) {
      show("unreadable", say("unreadable", { reason: error.message.slice(0, 120) }));
    }
  }

  if (!globalThis.crypto?.subtle) {
    show("insecure");
    return;
  }
  const again = () => recount(archive.files[0]);
  archive.addEventListener("change", again);
  seal.addEventListener("change", again);
  page.addEventListener("dragover", (event) => event.preventDefault());
  page.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    archive.files = event.dataTransfer.files;
    again();
  });
  part("form").hidden = false;
})();
