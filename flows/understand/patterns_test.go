package understand_test

import (
	"testing"

	"engawa/flows"
	"engawa/flows/understand"
)

func TestEveryLineOfTheDangerListsCanBeRead(t *testing.T) {
	for _, r := range shippedBundle(t).Words.Urgent {
		for _, list := range [][]string{r.Any, r.All, r.Not} {
			for _, line := range list {
				if err := understand.CheckPattern(line); err != nil {
					t.Errorf("rule %s: %v", r.ID, err)
				}
			}
		}
	}
}

// Each rule is proven on its own: other rules may not stand in for it.
func TestEveryRuleSeesItsExamplesAndOnlyThose(t *testing.T) {
	b := shippedBundle(t)
	for _, rule := range b.Words.Urgent {
		alone := *b
		alone.Words.Urgent = []flows.UrgentRule{rule}
		r := understand.NewRulesOnly(&alone)
		for _, text := range rule.Fires {
			if got := r.Read(text, understand.Here{}); got.Level != rule.Level {
				t.Errorf("%s does not see its example %q", rule.ID, text)
			}
		}
		for _, text := range rule.Calm {
			if got := r.Read(text, understand.Here{}); got.Level != flows.NoLevel {
				t.Errorf("%s sees danger in %q", rule.ID, text)
			}
		}
	}
}
