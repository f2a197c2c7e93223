package handoff

import (
	"context"
	"errors"

	"engawa/config/privacy"
	"engawa/flows"
	"engawa/handoff/book"
)

// What opening a LINE id is refused with.
var (
	ErrNoDanger = errors.New("handoff: no life is in clear danger in this case, or it is over")
	ErrShown    = errors.New("handoff: this has been shown once")
)

// Identifiable says whether a supervisor may open the resident's LINE id: while a
// life is in clear danger and the case is open, or was left to itself by somebody
// who then deleted everything.
func (c Case) Identifiable() bool {
	return c.Rank() == 0 && c.Person != "" && (c.Open() || c.abandoned())
}

// abandoned: they left the line and soon deleted everything, and no coordinator has
// looked whether the danger is over.
func (c Case) abandoned() bool {
	return c.State == Closed && c.Why == WhyLeft &&
		!c.Forgotten.IsZero() && c.Forgotten.Sub(c.Closed) < privacy.Keep[privacy.RiskID]
}

// Identify writes down that by opens the resident's LINE id, and why; only then may
// it be shown. The same act a second time is ErrShown.
func (d *Desk) Identify(ctx context.Context, id flows.CaseID, by Staff, act, reason string) (Case, error) {
	if d.opt.Notes == nil {
		return Case{}, ErrNoNotes
	}
	if err := checkAct(act); err != nil {
		return Case{}, err
	}
	reason, err := clean(reason)
	if err != nil {
		return Case{}, err
	}
	name := "reason:" + string(id) + ":" + act
	for range attempts {
		c, rev, err := d.load(ctx, id)
		switch {
		case err != nil:
			return Case{}, wrap("identify", err)
		case c.State == None:
			return Case{}, ErrUnknown
		case !c.Identifiable():
			return c, ErrNoDanger
		}
		sealed, err := d.opt.Notes.Seal(ctx, privacy.Case(string(id)), name, []byte(reason))
		if err != nil {
			return c, wrap("identify", err)
		}
		at := d.now()
		keys := []string{caseKey(id), takenKey, logKey(id), revKey, book.Key(at)}
		said, err := identifyScript.Run(ctx, d.rdb, keys,
			string(id)+"/i-"+act, rev, at.UnixMilli(), by.Name, name, sealed, string(id), book.Ends(at)).Text()
		switch {
		case err != nil:
			return c, wrap("identify", err)
		case said == saidDone:
			return c, ErrShown
		case said == saidOK:
			d.hub.wake()
			return c, nil
		}
	}
	return Case{}, errBusy
}

// reason opens why somebody did what stands in the log; "" if it has none, or its
// time is over.
func (d *Desk) reason(ctx context.Context, id flows.CaseID, values map[string]any) (string, error) {
	sealed := field(values, "s")
	if sealed == "" || d.opt.Notes == nil {
		return "", nil
	}
	plain, err := d.opt.Notes.Open(ctx, privacy.Case(string(id)), field(values, "n"), []byte(sealed))
	if errors.Is(err, privacy.ErrShredded) {
		return "", nil
	}
	return string(plain), err
}
