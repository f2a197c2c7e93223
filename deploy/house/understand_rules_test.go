package house

import (
	"strings"
	"testing"

	"engawa/flows"
)

func TestTheUrgentRulesStandOnOnePage(t *testing.T) {
	b := bundleOf(t)
	page := rulesPage(b)
	if n := strings.Count(page, "\n"); n > 66 { // lines of a sheet
		t.Errorf("the page has %d lines, want one sheet", n)
	}
	for i := range b.Words.Urgent {
		r := &b.Words.Urgent[i]
		if r.Lang == flows.Ja && (!strings.Contains(page, "- "+r.ID+" ") || !strings.Contains(page, r.Reason)) {
			t.Errorf("%s does not stand on the page with its reason", r.ID)
		}
		if !strings.Contains(page, r.Fires[0]) {
			t.Errorf("the page does not say what triggers %s", r.ID)
		}
	}
	if order := []string{"## 命・明らか", "## 命・気がかり", "## 暴力・明らか", "## 暴力・気がかり", "## からだ・明らか", "## からだ・気がかり"}; !standInOrder(page, order) {
		t.Errorf("the page is not in the order %v", order)
	}
	all := everyRule(b)
	for i := range b.Words.Urgent {
		for _, w := range b.Words.Urgent[i].Any {
			if !strings.Contains(all, w) {
				t.Fatalf("%s: --all leaves out %q", b.Words.Urgent[i].ID, w)
			}
		}
	}
}

func standInOrder(page string, heads []string) bool {
	for _, h := range heads {
		_, rest, found := strings.Cut(page, h+"\n")
		if !found {
			return false
		}
		page = rest
	}
	return true
}
