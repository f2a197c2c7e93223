package house

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"engawa/bot/line/emulator"
	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
)

// crowdSeed makes the crowd and the kills the same in every run of one build.
const crowdSeed = 20261122

// act is one thing that a made-up resident does: write, or press a label.
type act struct{ text, press string }

// lives are the talks of the crowd. A name, a phone number and the like are
// canaries: they must be found in clear nowhere.
var lives = [][]act{
	{{text: "家賃がもう無理"}, {press: "家賃がきびしい"}, {press: "窓口での言い方を見る"}, {press: "もどる"}, {text: "ここまで"}},
	{{text: "こんばんは"}, {text: canaryName + "といいます。電話は" + canaryPhone}, {press: "人と話す"}, {text: "まだ待っています"}, {press: "やっぱりいい"}},
	{{text: "だれかと話したい"}, {press: "メニュー"}, {press: "お金・食べもの・家・仕事"}, {press: "お金のこと"}, {press: "まだ言葉にできない"}, {text: "うまく言えない"}},
	{{text: "死にたい"}, {text: "ごめんなさい"}, {press: "やっぱりいい"}, {text: "ありがとう"}},
	{{text: "居場所をさがす"}, {press: "人と話す"}, {text: "消す"}, {press: "いま消す"}, {text: "こんにちは"}},
	{{text: "もう送らないで"}, {text: "電気が止まりそう"}, {text: "はじめから"}, {text: "ことば・Language"}, {press: "English"}},
}

const (
	canaryName   = "山田花子左衛門"
	canaryPhone  = "090-1234-98765"
	canarySecret = townSecret
)

// TestTwentyKillsAndThreeOfRedisLoseNothingAndDoubleNothing sends a crowd through
// the whole program while the process and its store are killed at random points,
// and compares every word that each of them got with what Step alone says.
func TestTwentyKillsAndThreeOfRedisLoseNothingAndDoubleNothing(t *testing.T) {
	tw := newTown(t)
	tw.start()
	const people = 24
	rng := rand.New(rand.NewPCG(crowdSeed, 1))
	t.Logf("seed %d", crowdSeed)

	calm := tw.crowd(people)
	tw.torment(rng, 20, 3)
	t.Logf("%d lives", calm())
	tw.checkBooks()
	tw.checkCanaries()
}

// crowd lets so many people live at the same time, one life after the other, until
// calm is called, which waits for their ends and says how many there were.
func (tw *town) crowd(people int) (calm func() int64) {
	storm, over := context.WithCancel(tw.Context())
	var crowd sync.WaitGroup
	for i := range people {
		crowd.Go(func() {
			for n := i; storm.Err() == nil; n++ {
				user := tw.line.NewUser()
				if err := tw.live(tw.Context(), user, lives[n%len(lives)]); err != nil {
					tw.Errorf("life %d: %v\n%s", n%len(lives), err, tw.became(user))
					return
				}
				tw.waits.lived.Add(1)
			}
		})
	}
	return func() int64 {
		over()
		crowd.Wait()
		return tw.waits.lived.Load()
	}
}

// became says what LINE knows of everything that somebody brought and got.
func (tw *town) became(user string) string {
	var b strings.Builder
	for _, f := range tw.line.Events() {
		if f.From == user {
			fmt.Fprintf(&b, "brought %s %s: %d tries, taken %v\n", f.Type, f.Event, f.Tries, f.Taken)
		}
	}
	for _, m := range tw.line.Messages(user) {
		fmt.Fprintf(&b, "got by %s at %s\n", m.How, m.At.Format("15:04:05.000"))
	}
	keys, err := tw.store.Client().Keys(tw.Context(), "{lane-*}:q:line:*").Result()
	fmt.Fprintf(&b, "it is %s; %d people wait for something from us, %v", time.Now().Format("15:04:05.000"), len(keys), err)
	return b.String()
}

// torment kills the process and the store so many times, at random moments.
func (tw *town) torment(rng *rand.Rand, kills, outages int) {
	killed, out := 0, 0
	for killed < kills || out < outages {
		<-time.After(time.Duration(50+rng.IntN(700)) * time.Millisecond) // the moment is the point
		if out < outages && (rng.IntN(kills+outages) < outages || killed == kills) {
			tw.redis.Kill()
			tw.redis.Restart()
			out++
			continue
		}
		tw.stop(syscall.SIGKILL)
		tw.launch()
		killed++
		if rng.IntN(3) > 0 { // sometimes it is killed again before it is ready
			tw.awaitReady()
		}
	}
	tw.awaitReady()
}

// live plays one life and compares it with what the dialogue alone says.
func (tw *town) live(ctx context.Context, user string, life []act) error {
	p := newPlayer(bundleOf(tw), time.Now())
	var want []string
	urgent := false
	for n, a := range life {
		var in playLine
		switch {
		case a.press != "":
			in.Tap = &a.press
		default:
			in.Text = &a.text
		}
		out, err := p.line(in)
		if err != nil {
			return fmt.Errorf("step %d: %w", n, err)
		}
		urgent = urgent || len(out.Reasons) > 0
		for _, e := range out.Effects {
			for _, text := range e.Texts {
				want = append(want, steady(strings.Split(text, "\n")[0]))
			}
		}
		began := time.Now()
		if a.press != "" {
			if _, err := tw.line.Press(user, a.press); err != nil {
				return fmt.Errorf("step %d: press %s: %w", n, a.press, err)
			}
		} else {
			tw.line.SendText(user, a.text)
		}
		err = tw.awaitAll(ctx, user, want, urgent)
		tw.waits.took(time.Since(began))
		if err != nil && tw.unknown != nil && tw.unknown(user) {
			break // shown to staff, and not said twice: the life ends here
		}
		if err != nil {
			return fmt.Errorf("step %d (%v): %w", n, a, err)
		}
	}
	if tw.lived != nil {
		tw.lived(user, p.State.Mode)
	}
	return nil
}

// awaitAll waits until exactly these words were got, in this order, each as
// often as it is wanted and no more. An urgent answer of which nobody could know
// whether LINE took the reply may have been pushed once more.
func (tw *town) awaitAll(ctx context.Context, user string, want []string, urgent bool) error {
	ctx, cancel := context.WithTimeout(ctx, tw.patience)
	defer cancel()
	missing := ""
	got, err := tw.line.Await(ctx, user, func(ms []emulator.Delivered) bool {
		missing = inOrder(ms, want)
		return missing == ""
	})
	if err != nil {
		return fmt.Errorf("never got %q; last was %q", missing, lastText(got))
	}
	all := steady(joined(got))
	counts := map[string]int{}
	for _, w := range want {
		counts[w]++
	}
	for w, n := range counts {
		if have := strings.Count(all, w); have > n && !(urgent && tw.unknown != nil && have == n+1 && repliedAndPushed(got, w)) {
			return fmt.Errorf("got %q %d times, want %d", w, have, n)
		}
	}
	return nil
}

// repliedAndPushed says whether words came by a reply and once more by a push.
func repliedAndPushed(ms []emulator.Delivered, words string) bool {
	how := map[string]int{}
	for _, m := range ms {
		how[m.How] += strings.Count(steady(m.Text), words)
	}
	return how["push"] == 1 && how["reply"] > 0
}

// inOrder gives the first wanted words that are not there in their place.
func inOrder(ms []emulator.Delivered, want []string) string {
	rest := steady(joined(ms))
	for _, w := range want {
		i := strings.Index(rest, w)
		if i < 0 {
			return w
		}
		rest = rest[i+len(w):]
	}
	return ""
}

func joined(ms []emulator.Delivered) string {
	var b strings.Builder
	for _, m := range ms {
		b.WriteString(m.Text)
		b.WriteString("\n")
	}
	return b.String()
}

// steady takes out what differs from run to run: the place in line.
func steady(s string) string {
	for _, line := range strings.Split(s, "\n") {
		if strings.HasPrefix(line, "順番がとれました") {
			s = strings.Replace(s, line, "順番がとれました", 1)
		}
	}
	return s
}

var bundleOnce = sync.OnceValues(func() (*flows.Bundle, error) {
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	return b, faults.Err()
})

func bundleOf(t testing.TB) *flows.Bundle {
	b, err := bundleOnce()
	if err != nil {
		t.Error(err)
	}
	return b
}

// checkBooks waits until nothing is under way and compares the ledger with what
// LINE knows was acknowledged.
func (tw *town) checkBooks() {
	tw.Helper()
	var b book
	defer func() { tw.Logf("ledger: %v, letters %v", b.Counts, b.Letters) }()
	tw.await(30*time.Second, "nothing under way", func() bool {
		b = book{}
		if err := json.Unmarshal([]byte(tw.run("ledger", "--json")), &b); err != nil {
			tw.Fatal(err)
		}
		return b.Waiting == 0 && b.Counts["pending"] == tw.unread()
	})
	taken := int64(0)
	for _, f := range tw.line.Events() {
		if f.Taken {
			taken++
		}
	}
	if !b.AddsUp {
		tw.Errorf("the ledger does not add up: %v", b.Counts)
	}
	if b.Counts["received"] != taken {
		tw.Errorf("received %d, want the %d that were acknowledged", b.Counts["received"], taken)
	}
	if b.Counts["failed"] != 0 || len(b.Letters) != 0 {
		tw.Errorf("failed %d, letters %v, want none", b.Counts["failed"], b.Letters)
	}
	for _, c := range tw.line.Complaints() {
		tw.Errorf("LINE complains: %s", c)
	}
	for _, r := range tw.line.Refusals() {
		tw.Errorf("LINE refused: %v", r)
	}
}

// unread counts the events whose words wait for a coordinator in an open case:
// the only ones that may still be pending when all is quiet.
func (tw *town) unread() int64 {
	tw.Helper()
	c, n := tw.store.Client(), int64(0)
	for _, k := range tw.keys("*:owed:*") {
		owed, err := c.HVals(tw.Context(), k).Result()
		if err != nil {
			tw.Fatal(err)
		}
		for _, o := range owed {
			if strings.HasPrefix(o, "h:") {
				n++
			}
		}
	}
	return n
}

// checkCanaries looks for planted words and ids everywhere that they must not be.
func (tw *town) checkCanaries() {
	tw.Helper()
	places := map[string]string{"the append-only file": string(tw.store.AOF()), "the log": tw.log.String()}
	for _, path := range []string{"/metrics", "/readyz", "/healthz"} {
		places[path] = tw.get("http://" + tw.ops + path)
	}
	canaries := []string{canaryName, canaryPhone, canarySecret, townToken}
	canaries = append(canaries, tw.line.Users()...)
	for where, text := range places {
		for _, c := range canaries {
			if strings.Contains(text, c) {
				tw.Errorf("a canary (%.6s…) stands in clear in %s", c, where)
			}
		}
	}
	for _, r := range tw.line.Requests() {
		if strings.Contains(string(r.Body), canaryName) || strings.Contains(string(r.Body), canaryPhone) {
			tw.Errorf("a resident's words were sent out to %s", r.Endpoint)
		}
	}
}

func (tw *town) get(url string) string {
	tw.Helper()
	res, err := http.Get(url)
	if err != nil {
		tw.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var b strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := res.Body.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			return b.String()
		}
	}
}
