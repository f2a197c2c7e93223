package house

import (
	"fmt"
	"strings"

	"engawa/flows"
	"engawa/handoff/console"
)

// examplesShown are how many sentences of a rule stand on the page.
const examplesShown = 3

// rulesPage says on one sheet of paper what is taken for a cry for help and what the
// house does then: by danger, clear before worrying, each rule with sentences that
// it must see. It is for the person who answers for the rules and reads no YAML.
func rulesPage(b *flows.Bundle) string {
	var p strings.Builder
	fmt.Fprintf(&p, "# 急ぎのことば（%d の決まり）\n\n", len(b.Words.Urgent))
	p.WriteString("明らか = すぐに人を呼び、連絡先を出し、相談をいちばん前に置く。気がかり = やさしく一つだけ聞き、人がいれば知らせる。\n" +
		"どの文も、いつでも読む。大げさな言い方・作り話・昔のこと・「〜ではない」は外す。どの決まりも、ほかの決まりを下げない。\n" +
		"このほかに、学習した読みとり（model-）が「気がかり」を足すことがある。「明らか」にはしない。\n")
	for _, k := range heardBy(b) {
		fmt.Fprintf(&p, "\n## %s・%s\n", urgencyWords[k.Danger], levelWords[k.Level])
		for _, r := range k.Rules {
			fmt.Fprintf(&p, "- %s %s。「%s」\n", r.ID, r.Reason, strings.Join(r.Examples, "」「"))
		}
		if len(k.Others) > 0 {
			fmt.Fprintf(&p, "- ほかのことば: %s\n", strings.Join(k.Others, " "))
		}
	}
	p.WriteString("\nことばのぜんぶ: `engawa understand --rules --all`　なおす: `flows/content/words/urgent.*.yaml`　一文を試す: `engawa understand --explain`\n")
	return p.String()
}

// heardBy sorts the rules by what they see, clear before worrying: for the sheet of
// paper and for the page of the console. Only the Japanese ones are told one by one.
func heardBy(b *flows.Bundle) (all []console.Heard) {
	for _, u := range []flows.Urgency{flows.Life, flows.Violence, flows.Medical} {
		for _, v := range []flows.Level{flows.Clear, flows.Worry} {
			kind := console.Heard{Danger: u, Level: v}
			for i := range b.Words.Urgent {
				r := &b.Words.Urgent[i]
				switch {
				case r.Urgency != u || r.Level != v:
				case r.Lang == flows.Ja:
					kind.Rules = append(kind.Rules, console.HeardRule{ID: r.ID, Reason: r.Reason, Examples: r.Fires[:min(len(r.Fires), examplesShown)]})
				case len(r.Fires) > 0:
					kind.Others = append(kind.Others, fmt.Sprintf("%s「%s」", r.Lang, r.Fires[0]))
				}
			}
			all = append(all, kind)
		}
	}
	return all
}

// everyRule is the whole list: who changes a rule reads it there.
func everyRule(b *flows.Bundle) string {
	var p strings.Builder
	fmt.Fprintf(&p, "# 急ぎのことばの一覧（%d の決まり）\n\n", len(b.Words.Urgent))
	p.WriteString("「明らか」は、すぐに人を呼び、連絡先を出す。「気がかり」は、やさしくひとつ聞く。どの決まりも下げることはしない。\n" +
		"ことばの全部は `flows/content/words/urgent.*.yaml` にある。一文を試すには `engawa understand --explain`。\n" +
		"このほかに、学習した読みとり(model-)が「気がかり」を足すことがある。\n")
	for _, lang := range flows.Langs {
		for i := range b.Words.Urgent {
			u := &b.Words.Urgent[i]
			if u.Lang != lang {
				continue
			}
			fmt.Fprintf(&p, "\n## %s（%s・%s、%s）\n%s。\n", u.ID, urgencyWords[u.Urgency], levelWords[u.Level], u.Who, u.Reason)
			fmt.Fprintf(&p, "- 例: %s\n", strings.Join(u.Fires, " ／ "))
			if len(u.Calm) > 0 {
				fmt.Fprintf(&p, "- ちがう例: %s\n", strings.Join(u.Calm, " ／ "))
			}
			fmt.Fprintf(&p, "- ことば(%d): %s\n", len(u.Any), strings.Join(u.Any, " ／ "))
			if len(u.Not) > 0 {
				fmt.Fprintf(&p, "- 外す言い方(%d): %s\n", len(u.Not), strings.Join(u.Not, " ／ "))
			}
		}
	}
	return p.String()
}
