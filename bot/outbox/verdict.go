package outbox

import (
	"hash/fnv"
	"strconv"
	"time"

	"engawa/bot/line"
)

// Times that LINE's rules and the house plan (§3.5) set.
const (
	// tokenTrust is how long a reply token is certainly alive after its webhook
	// arrived; LINE says about a minute and not to build on it.
	tokenTrust = 50 * time.Second
	// pushTrust is how long a retry key certainly tells a repeated push; LINE keeps it 24 h.
	pushTrust = 23 * time.Hour
	// stale is when nothing is sent any more without somebody deciding it anew.
	stale = 24 * time.Hour
	// nudgeLate is how late a nudge may leave outside its hours.
	nudgeLate = 15 * time.Minute
)

// How an envelope travels.
const (
	viaReply = "reply" // with the reply token it was frozen with
	viaPush  = "push"  // with a retry key made of its id
	viaFinal = "final" // with the reply token inside the letter, or not at all
)

// attempt is one try to hand an envelope to LINE, as it turned out.
type attempt struct {
	via      string
	again    bool          // the envelope lay there: an earlier try may have been accepted
	parcels  int           //
	alive    bool          // the reply token was certainly alive when LINE answered
	tokenAge time.Duration // since the webhook arrived, by our clock
	age      time.Duration // since the envelope was frozen
	kind     line.Kind     // "" = accepted
}

// ruling says what follows from an attempt.
type ruling string

const (
	accepted  ruling = "accepted"
	uncertain ruling = "uncertain" // nobody can know
	failed    ruling = "failed"
	dropped   ruling = "dropped" // a farewell without a living token
	apart     ruling = "apart"   // certainly not accepted: take the envelope apart, try later
	bare      ruling = "bare"    // the same, and its reply token is worth nothing: push, now
	single    ruling = "single"  // the same, and one of its parcels spoils it: send them one by one
	keep      ruling = "keep"    // may have been accepted: exactly the same again, later
)

// judge is the whole of §3.5 on outcomes:
//
//	LINE says          first try           after a try with unknown outcome
//	accepted, 409      accepted            accepted
//	invalid token      push instead        accepted if the token was certainly alive, else uncertain
//	bad request        failed, or one by one, for nothing of it was taken
//	429, 401, no line  later, on the next reply token if one comes      same again, later
//	5xx, cut, silence  same again, later; a push older than 23 h = failed, a reply = uncertain
func judge(a attempt) ruling {
	if a.via == viaFinal {
		return judgeFinal(a)
	}
	switch {
	case a.kind == "":
		return accepted
	case a.kind == line.KindToken && !a.again:
		return bare
	case a.kind == line.KindToken && a.alive:
		return accepted
	case a.kind == line.KindToken:
		return uncertain
	case a.kind == line.KindBad && a.parcels > 1:
		return single
	case a.kind == line.KindBad:
		return failed
	case !a.again && a.kind != line.KindUnknown:
		return apart
	case a.age <= pushTrust:
		return keep
	case a.via == viaPush:
		return failed
	}
	return uncertain
}

// judgeFinal: after 消す nothing is left to push to and nothing may be kept.
func judgeFinal(a attempt) ruling {
	switch {
	case a.kind == "", a.kind == line.KindToken && a.again && a.alive:
		return accepted
	case a.kind == line.KindToken, a.kind == line.KindBad, a.tokenAge > tokenTrust:
		return dropped
	}
	return keep
}

// Waits between tries.
const (
	firstWait = 500 * time.Millisecond
	mostWait  = 2 * time.Minute  // so soon after the end of an outage everything moves
	quotaWait = 10 * time.Minute // replies go on meanwhile
	userWait  = 30 * time.Second
	authWait  = 5 * time.Second
	rateWait  = time.Second
)

// pause is how long to wait after so many tries in a row, doubled each time. Its
// jitter comes from the name, so that a replay waits as long and a crowd does not
// come back all at once.
func pause(name string, tries int) time.Duration {
	d := mostWait
	if tries < 10 {
		d = min(mostWait, firstWait<<max(0, tries-1))
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name + "/" + strconv.Itoa(tries)))
	return d/2 + time.Duration(h.Sum32()%1000)*d/2000
}
