package preview

import (
	"time"

	"engawa/flows"
	"engawa/flows/prove"
)

// Now is what the page shows beside the phone.
type Now struct {
	Version int            `json:"version"`
	Hash    string         `json:"hash"`
	Took    int64          `json:"took"` // ms that reading took
	Ready   bool           `json:"ready"`
	At      flows.SceneKey `json:"at"`   // what is on the phone: a scene, or a fixed sentence
	Name    string         `json:"name"` // of it, in words
	Flow    flows.FlowID   `json:"flow"`
	Mode    flows.Mode     `json:"mode"`
	Lang    flows.Lang     `json:"lang"`
	Staff   Staff          `json:"staff"`
	Clock   string         `json:"clock"` // as the field of the page takes it
	Turned  bool           `json:"turned"`
	Open    bool           `json:"open"`
	Files   []string       `json:"files"`
	Faults  []SheetFault   `json:"faults"` // that keep this reading from being shown
	Talks   []SheetFault   `json:"talks"`  // of tests/ that came otherwise
	Proof   ProofNow       `json:"proof"`
	Read    []Spoken       `json:"read"`
	Why     []string       `json:"why"`
	Refused []string       `json:"refused"`
}

// ProofNow is how the check of the present words stands.
type ProofNow struct {
	Running  bool     `json:"running"`
	Fresh    bool     `json:"fresh"` // it is about the words as they are
	Errors   []string `json:"errors"`
	Warnings int      `json:"warnings"`
}

// place is what is on the phone. What stands in no file, as what a search has found,
// belongs to the scene in which the person is.
func (t *Talk) place() flows.SceneKey {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, at := t.w.Bundle, t.w.State.Scene
	if b != nil && b.Scenes[at] != nil && (b.Scenes[t.shown] != nil || b.Lines[string(t.shown)] == nil) {
		return at
	}
	return t.shown
}

func (t *Talk) rested() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.used
}

func (t *Talk) over() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closed
}

// tell says how things stand.
func (t *Talk) tell() Now {
	at, v, proof := t.place(), t.book.Now(), t.book.Proof()
	clock := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	n := Now{
		Version: v.N, Took: v.Took.Milliseconds(), At: at, Mode: t.w.State.Mode, Lang: t.w.State.Lang, Staff: t.w.Staff,
		Clock: clock.Format("2006-01-02T15:04"), Turned: t.turned.Load() != 0, Files: files(v, at), Read: t.read, Why: t.why, Refused: t.refused,
		Faults: []SheetFault{}, Talks: faultsOf(proof.Talks), Proof: ProofNow{Running: proof.Running, Errors: []string{}},
	}
	if n.Lang == "" {
		n.Lang = flows.Ja
	}
	for _, f := range faultsOf(v.Faults) {
		if !f.Warn {
			n.Faults = append(n.Faults, f)
		}
	}
	if b := t.w.Bundle; b != nil {
		n.Ready, n.Hash, n.Open = true, b.Hash, t.w.View(clock).Open
		if sc := b.Scenes[at]; sc != nil {
			n.Flow = sc.Flow
			n.Name = b.Flows[sc.Flow].Title[flows.Ja] + " ― " + sc.Name
		}
		n.Proof.Fresh = proof.Of == b.Hash
	}
	bad := prove.Errors(proof.Findings)
	for _, f := range bad {
		n.Proof.Errors = append(n.Proof.Errors, f.String())
	}
	n.Proof.Warnings = len(proof.Findings) - len(bad)
	return n
}
