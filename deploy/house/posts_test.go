package house

import (
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/flows"
	"engawa/flows/catalogue"
	"engawa/flows/content"
	"engawa/flows/release"
	"engawa/flows/script"
)

// shelved is the shelf of the demo: the shipped content with its examples shown.
func shelved(t *testing.T, now time.Time) *shelf {
	t.Helper()
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true, Now: now})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return &shelf{house: &house{talks: release.Follow(nil, release.First{Folder: content.FS, Bundle: catalogue.Examples(b, now)}, nil)}}
}

func TestWordsFindAPlaceToBeOnTheShelf(t *testing.T) {
	now := time.Date(2026, 11, 24, 11, 0, 0, 0, catalogue.Tokyo)
	s := shelved(t, now)
	for words, want := range map[string]string{
		"静かなところ":   "話さなくて大丈夫",
		"子どもと行ける所": "子どもと一緒に",
	} {
		posts, nearest := s.posts(flows.PostQuery{Texts: []string{words}, Now: now})
		if len(posts) == 0 || len(posts) > perTurn || nearest {
			t.Errorf("%s: got %d posts, nearest %v; want one to three that fit", words, len(posts), nearest)
			continue
		}
		if !slices.ContainsFunc(posts, func(p flows.Post) bool { return strings.Contains(strings.Join(p.Card.Facts, " "), want) }) {
			t.Errorf("%s: got %+v, want one where %s", words, posts, want)
		}
	}
}

func TestAPostThatIsGoneIsNamedAndNotShown(t *testing.T) {
	now := time.Date(2026, 11, 24, 11, 0, 0, 0, catalogue.Tokyo)
	s := shelved(t, now)
	posts, _ := s.posts(flows.PostQuery{About: []string{"ibasho-hidamari", "p404@2026-12-01"}, Now: now})
	if len(posts) != 2 || posts[0].Standing != flows.PostOn || posts[0].Card.Title == "" || posts[1].Standing != flows.PostGone {
		t.Errorf("got %+v, want the one that stands and the one that is gone", posts)
	}
}
