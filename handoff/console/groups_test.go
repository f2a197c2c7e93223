package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeGroups remembers what it was told.
type fakeGroups struct {
	waiting []PeerPost
	groups  []PeerGroup
	did     []string
	due     []PeerDue
	err     error
}

func (f *fakeGroups) note(args ...any) error {
	if f.err == nil {
		f.did = append(f.did, fmt.Sprint(args...))
	}
	return f.err
}

func (f *fakeGroups) All(context.Context) ([]PeerGroup, error)    { return f.groups, nil }
func (f *fakeGroups) Waiting(context.Context) ([]PeerPost, error) { return f.waiting, nil }

func (f *fakeGroups) One(_ context.Context, id string) (PeerGroup, error) {
	i := slices.IndexFunc(f.groups, func(g PeerGroup) bool { return g.ID == id })
	if i < 0 {
		return PeerGroup{}, ErrNoGroup
	}
	return f.groups[i], nil
}

func (f *fakeGroups) Register(_ context.Context, _ string, g PeerGroup, by string) (string, error) {
	return "g9", f.note("register ", g.Name, " ", by)
}

func (f *fakeGroups) Invite(_ context.Context, _, group string, uses int, _ bool, by string) error {
	return f.note("invite ", group, " ", uses, " ", by)
}

func (f *fakeGroups) InviteByMail(_ context.Context, _, group, address, _ string) error {
	if !strings.Contains(address, "@") {
		return ErrGroupWords
	}
	return f.note("write ", group, " ", address)
}

func (f *fakeGroups) Revoke(_ context.Context, _, code, _ string) error {
	return f.note("revoke ", code)
}

func (f *fakeGroups) Link(_ context.Context, group, member string) (PeerLink, error) {
	return PeerLink{URL: "https://engawa.example/g/in/ONCE"}, f.note("link ", group, " ", member)
}

func (f *fakeGroups) Remove(_ context.Context, _, group, member, _ string) error {
	return f.note("remove ", group, " ", member)
}

func (f *fakeGroups) Set(_ context.Context, _, group, state, _ string) error {
	return f.note("set ", group, " ", state)
}

func (f *fakeGroups) Trust(_ context.Context, _, group string, trusted bool, _ string) error {
	return f.note("trust ", group, " ", trusted)
}

func (f *fakeGroups) Decide(_ context.Context, _, post string, version int, verdict, words, by string) error {
	return f.note(verdict, " ", post, " ", version, " ", words, " ", by)
}

func (f *fakeGroups) Looked(_ context.Context, _, post, _ string) error {
	return f.note("looked ", post)
}

func (f *fakeGroups) Recall(_ context.Context, _, post, _ string) error {
	return f.note("recall ", post)
}

func (f *fakeGroups) Due(context.Context) ([]PeerDue, error) { return f.due, nil }

func (f *fakeGroups) Confirm(_ context.Context, _ string, posts []string, name string, day time.Time, by string) error {
	return f.note("confirm ", posts, " ", name, " ", day.Format(time.DateOnly), " ", by)
}

func peers() *fakeGroups {
	return &fakeGroups{
		waiting: []PeerPost{{
			ID: "p1", Group: "ひだまりの会", GroupID: "g1", Title: "静かなお茶の会", State: "waits", Version: 2, Marks: []string{"「販売」: のせられません"},
			Changes: []PeerChange{{What: "title", Was: "お茶の会", Now: "静かなお茶の会<script>"}},
		}},
		groups: []PeerGroup{{ID: "g1", Name: "ひだまりの会", State: "open", Members: []PeerMember{{ID: "m1", Name: "たんぽぽ", Host: true}}, Invites: []PeerInvite{{Code: "ABCD2345", URL: "https://engawa.example/g/join/ABCD2345", Left: 3}}}},
	}
}

func TestAFacilitatorSeesTheDifferenceAndDecides(t *testing.T) {
	f := peers()
	h := newHouse(t, func(p *Parts) { p.Groups = f })
	b := h.as(t, "group")
	a := b.get("/groups")
	a.wants(t, http.StatusOK)
	for _, want := range []string{"お茶の会", "静かなお茶の会&lt;script&gt;", "「販売」"} {
		a.wants(t, http.StatusOK, want)
	}
	b.post("/post/p1/decide", "act", "a1", "version", "2", "verdict", "ask", "words", " ").wants(t, http.StatusUnprocessableEntity)
	b.post("/post/p1/decide", "act", "a1", "version", "2", "verdict", "dance").wants(t, http.StatusBadRequest)
	b.post("/post/p1/decide", "act", "a2", "version", "2", "verdict", "ask", "words", "何人くらいですか").wants(t, http.StatusOK)
	b.post("/post/p1/decide", "act", "a3", "version", "2", "verdict", "accept").wants(t, http.StatusOK)
	b.post("/post/p1/recall", "act", "a4").wants(t, http.StatusOK)
	if diff := cmp.Diff([]string{"ask p1 2 何人くらいですか group", "accept p1 2  group", "recall p1"}, f.did); diff != "" {
		t.Errorf("want, got:\n%s", diff)
	}
	f.err = ErrGroupChanged
	b.post("/post/p1/decide", "act", "a5", "version", "1", "verdict", "accept").wants(t, http.StatusConflict)
}

func TestAGroupIsInvitedPausedAndRecalled(t *testing.T) {
	f := peers()
	h := newHouse(t, func(p *Parts) { p.Groups = f })
	b := h.as(t, "group")
	b.get("/group/g1").wants(t, http.StatusOK, "ABCD2345")
	b.get("/group/unknown").wants(t, http.StatusNotFound)
	b.post("/group/g1/invite", "act", "a1", "uses", "5").wants(t, http.StatusOK)
	b.post("/group/g1/write", "act", "a9", "mail", "nobody").wants(t, http.StatusUnprocessableEntity)
	b.post("/group/g1/write", "act", "a9", "mail", "nazuna@example.jp").wants(t, http.StatusOK)
	b.post("/group/g1/revoke", "act", "a2", "code", "ABCD2345").wants(t, http.StatusOK)
	b.post("/group/g1/link", "act", "a3", "member", "m1").wants(t, http.StatusOK, "/g/in/ONCE")
	b.post("/group/g1/set", "act", "a4", "to", "recalled").wants(t, http.StatusOK)
	b.post("/group/g1/set", "act", "a5", "to", "somewhere").wants(t, http.StatusBadRequest)
	b.post("/group/g1/trust", "act", "a6", "trusted", "yes").wants(t, http.StatusOK)
	b.post("/group/g1/remove", "act", "a7", "member", "m1").wants(t, http.StatusOK)
	want := []string{"invite g1 5 group", "write g1 nazuna@example.jp", "revoke ABCD2345", "link g1 m1", "set g1 recalled", "trust g1 true", "remove g1 m1"}
	if diff := cmp.Diff(want, f.did); diff != "" {
		t.Errorf("want, got:\n%s", diff)
	}
	b.post("/groups", "act", "a8", "name", " ").wants(t, http.StatusUnprocessableEntity)
	if b.get("/group/g1").lacks(t, "/g/in/ONCE"); len(f.did) != len(want) {
		t.Error("a link is shown again, or a nameless group registered")
	}
}

func TestOnlyFacilitatorsSeeTheGroups(t *testing.T) {
	h := newHouse(t, func(p *Parts) { p.Groups = peers() })
	for who, status := range map[string]int{"group": http.StatusOK, "admin": http.StatusForbidden, "audit": http.StatusForbidden} {
		h.as(t, who).get("/groups").wants(t, status)
	}
}
