package dialogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"engawa/bot/outbox"
	"engawa/flows"
	"engawa/flows/forms"
)

// Groups is the board as those see it who post for a group. A turn may be taken
// twice: the same act is done once.
type Groups interface {
	// Of lists the groups that a person posts for; pages wants their Page too.
	Of(ctx context.Context, p flows.PersonID, pages bool) ([]flows.Group, error)
	// Join lets a person in by an invitation.
	Join(ctx context.Context, act, code string, p flows.PersonID) (flows.GroupID, flows.Join, error)
	// Fill makes a form into what will be posted, or says where something is missing.
	Fill(f *flows.Form, word func(id string) string, now time.Time) (Filled, flows.FormStep)
	// Flyer fetches a picture that was sent, cleans and keeps it.
	Flyer(ctx context.Context, message string) (name string, err error)
}

// Filled is a form as it will look, and as it will be posted.
type Filled struct {
	Looks []flows.Bubble
	Post  []byte
}

// flyerTime is how long a turn waits for LINE to hand out a picture.
const flyerTime = 6 * time.Second

// ofGroups are the questions whose answers concern a person's groups.
var ofGroups = []flows.Question{flows.AskHome, flows.AskCode, flows.AskForm, flows.AskLeave, flows.AskGroup}

// lookAtGroups gathers what a member's turn must know of the board. Without an
// answer the turn goes on, and the form stays where it is.
func (t *turn) lookAtGroups(ctx context.Context) {
	if t.d.Groups == nil || t.event.Standby {
		return
	}
	st := &t.person.State
	err := t.tryJoin(ctx)
	if err == nil && (t.ofGroups() || t.view.Join == flows.JoinIn) {
		t.view.Groups, err = t.d.Groups.Of(ctx, t.person.ID, t.wantsPage())
	}
	if err != nil {
		t.d.opt.Log.Warn("dialogue: the board does not answer; the turn goes on without it", "person", t.person.ID, "err", err)
		return
	}
	if st.Form == nil || len(t.view.Groups) == 0 {
		return
	}
	switch t.event.Kind {
	case flows.EvTap:
		if t.event.Tap.Exit == flows.ExPost && strings.HasSuffix(t.event.Tap.Arg, ".send") {
			t.view.Form.Fault = t.check(ctx, st.Form)
		}
	case flows.EvText:
		t.view.Form.Fault = t.check(ctx, st.Form) // 「送る」 may be typed
	case flows.EvMedia:
		t.fetchFlyer(ctx, st)
	}
}

// ofGroups says whether the turn is about a group that the person posts for.
func (t *turn) ofGroups() bool {
	if t.person.State.Form != nil || slices.Contains(ofGroups, t.person.State.Ask) || t.event.Kind == flows.EvTap && t.event.Tap.Exit == flows.ExPost {
		return true
	}
	if t.event.Kind == flows.EvGroup || t.event.Kind == flows.EvTimer && t.event.Timer.Kind == flows.TimerGroup {
		return true
	}
	for i := range t.event.Readings {
		if t.event.Readings[i].Exit == flows.ExPost {
			return true
		}
	}
	return false
}

// wantsPage: a link into the pages is made only for who asks for one.
func (t *turn) wantsPage() bool {
	word, _, _ := strings.Cut(t.event.Tap.Arg, ".")
	ask := t.person.State.Ask
	return word == "page" || (ask == flows.AskHome || ask == flows.AskGroup) && t.event.Kind == flows.EvText
}

// fetchFlyer brings in a picture that was sent while a form is open.
func (t *turn) fetchFlyer(ctx context.Context, st *flows.State) {
	if st.Ask != flows.AskForm || st.Mode != flows.ModeBot {
		return
	}
	t.view.Form.Bad = true
	if t.event.Media != "image" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, flyerTime)
	defer cancel()
	name, err := t.d.Groups.Flyer(ctx, t.event.Ref)
	if err != nil {
		t.d.opt.Log.Debug("dialogue: a flyer could not be taken", "person", t.person.ID)
		return
	}
	t.view.Form.Photo, t.view.Form.Bad = name, false
}

// An invitation as it is typed, or comes with a link. Without a word before it, and
// where nobody asked for one, it needs a figure: eight letters may be any word.
var (
	invited = regexp.MustCompile(`^(?:会に入る|招待の?番号は?|招待)?[::]?([2-9A-HJKMNP-Z]{8})$`)
	figure  = regexp.MustCompile(`[2-9]`)
)

// invitation finds the code of an invitation in a text.
func invitation(text string, asked bool) string {
	text = strings.ToUpper(strings.NewReplacer("-", "", " ", "", "\n", "").Replace(norm.NFKC.String(strings.TrimSpace(text))))
	m := invited.FindStringSubmatch(text)
	if m == nil || !asked && len(text) == len(m[1]) && !figure.MatchString(m[1]) {
		return ""
	}
	return m[1]
}

// tryJoin opens an invitation that was written by itself, in a talk that no human has.
func (t *turn) tryJoin(ctx context.Context) error {
	if t.event.Kind != flows.EvText || len(t.run) != 1 || len(t.said) != 1 || t.person.State.Mode != flows.ModeBot || t.event.Readings[0].Level != flows.NoLevel {
		return nil
	}
	asked := t.person.State.Ask == flows.AskCode
	code := invitation(t.said[0].Text, asked)
	if code == "" {
		if asked {
			t.view.Join = flows.JoinNo
		}
		return nil
	}
	sum := sha256.Sum256([]byte("join|" + t.event.ID))
	var err error
	t.view.Joined, t.view.Join, err = t.d.Groups.Join(ctx, hex.EncodeToString(sum[:8]), code, t.person.ID)
	if t.view.Join == flows.JoinIn { // it opens doors, and is nothing that a coordinator should read
		t.said[0].Text = "(招待の番号)"
	}
	return err
}

// readForm reads a day and an hour where a form has asked for them.
func (t *turn) readForm(text string, r *flows.Reading) {
	st := &t.person.State
	if st.Ask == flows.AskForm && st.Form != nil && st.Form.Step == flows.FormWhen {
		r.When = forms.ReadWhen(text, t.now)
	}
}

// wordsOf opens the texts that a form names, those of this turn among them.
func (t *turn) wordsOf(ctx context.Context, f *flows.Form) (func(string) string, error) {
	known := map[string]string{}
	for _, s := range t.said {
		known[s.ID] = s.Text
	}
	for _, id := range strings.Split(f.What+","+f.Where, ",") {
		if _, here := known[id]; here || id == "" || id == flows.FromLast {
			continue
		}
		said, there, err := t.d.People.One(ctx, t.person.ID, id)
		if err != nil {
			return nil, fmt.Errorf("dialogue: form: %w", err)
		}
		if there && !said.Gone {
			known[id] = said.Text
		}
	}
	return func(id string) string { return known[id] }, nil
}

// check says where a form cannot be sent as it stands.
func (t *turn) check(ctx context.Context, f *flows.Form) flows.FormStep {
	word, err := t.wordsOf(ctx, f)
	if err != nil {
		return f.Step // once more
	}
	_, fault := t.d.Groups.Fill(f, word, t.now)
	return fault
}

// drawForm puts what is being posted into an effect that shows it.
func (m *mail) drawForm(ctx context.Context, e flows.Effect) flows.Effect {
	at := slices.IndexFunc(e.Bubbles, func(b flows.Bubble) bool { return b.Form })
	if at < 0 {
		return e
	}
	var looks []flows.Bubble
	if f := m.after.Form; f != nil && m.d.Groups != nil {
		if word, err := m.turn.wordsOf(ctx, f); err == nil {
			filled, _ := m.d.Groups.Fill(f, word, m.now)
			looks = filled.Looks
		}
	}
	e.Bubbles = slices.Concat(e.Bubbles[:at:at], looks, e.Bubbles[at+1:])
	return e
}

// toBoard puts what a member asks of the board on its way. It carries the words: what
// a group posts is public, and outlives the talk in which it was written.
func (m *mail) toBoard(ctx context.Context, place int, note flows.BoardNote) error {
	l := outbox.Letter{Board: &note}
	if note.Form != nil {
		word, err := m.turn.wordsOf(ctx, note.Form)
		if err != nil {
			return err
		}
		filled, fault := m.d.Groups.Fill(note.Form, word, m.now)
		if fault != "" { // its words were destroyed between the reading and here
			return errChanged
		}
		l.Post = filled.Post
	}
	return m.send(place, outbox.ToBoard, outbox.Parcel{}, l)
}

// TellGroup puts what concerns a group into the lane of one who posts for it, as an
// event with a name: telling it again changes nothing. Step decides what is said. Who
// is not there any more is told nothing.
func (d *Dialogue) TellGroup(ctx context.Context, p flows.PersonID, event string, at time.Time, n flows.GroupNews) error {
	blind, err := d.People.Blind(ctx, p)
	if err != nil || blind == "" {
		return err
	}
	return d.order(ctx, p, event, order{At: at.UnixMilli(), Group: &n})
}

// Reply puts a group's answer into the lane of who asked, as an event named by the
// question: bringing it twice changes nothing. sealed is what people.SealWords made.
func (d *Dialogue) Reply(ctx context.Context, p flows.PersonID, event string, at time.Time, sealed []byte) error {
	return d.order(ctx, p, event, order{At: at.UnixMilli(), Words: sealed, Reply: true})
}
