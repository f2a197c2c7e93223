package house

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"engawa/config/redistest"
)

// TestAMasterDiesUnderLoadAndNothingIsLostOrDoubled is the whole story on a store
// with copies, once behind sentinels and once on a cluster: a resident deletes
// everything, another one talks with a coordinator while a crowd writes, the master
// dies in the middle, and its copy takes over.
func TestAMasterDiesUnderLoadAndNothingIsLostOrDoubled(t *testing.T) {
	for name, fleet := range map[string]func(testing.TB) *redistest.Fleet{"sentinels": redistest.Sentinels, "cluster": redistest.Clusters} {
		t.Run(name, func(t *testing.T) {
			f := fleet(t)
			tw := newTownOn(t, f, "ENGAWA_REPLICAS=1")
			tw.start()
			suzu := tw.clerk("suzuran", "すずらん")
			gone := suzu.wholeTalk()
			user, page := suzu.begins()
			calm := tw.crowd(8)
			told, soFar := suzu.keepsWriting(page)
			more := func() { n := soFar() + 8; tw.await(time.Minute, "more answers", func() bool { return soFar() >= n }) }
			more()
			f.Lose(0)
			f.Mend(0) // its only copy is master now, and a write needs one
			tw.awaitReady()
			more()
			n := told()
			t.Logf("%d lives, %d answers of the coordinator", calm(), n)
			tw.wantAnswers(user, n)
			suzu.ends(user, page)
			if f.Masters() > 1 { // a cluster: every move of the house has been tried on it in the end
				tw.tryAlone(tw.unknownScripts())
			}
			tw.checkBooks()
			tw.checkShreds()
			tw.checkCanaries()
			tw.isAStranger(gone)
		})
	}
}

// begins is a resident who asks for a human and is taken.
func (c *clerk) begins() (user, page string) {
	c.Helper()
	user = c.line.NewUser()
	c.line.SendText(user, "家賃がもう無理")
	c.awaitText(user, "いちばん近いものはどれですか")
	c.press(user, "人と話す")
	c.awaitText(user, "順番がとれました")
	page = c.takes()
	c.awaitText(user, "相談員のすずらんさんが来ました")
	return user, page
}

// wholeTalk is a talk from the first word to 消す.
func (c *clerk) wholeTalk() (user string) {
	c.Helper()
	user, page := c.begins()
	c.does(page+"/answer", "act", "first", "words", "読みました。いっしょに考えられます。")
	c.awaitText(user, "いっしょに考えられます")
	c.line.SendText(user, "ありがとうございます")
	c.awaitText(user, "すずらんさんが読みます")
	c.ends(user, page)
	return user
}

// ends hands the talk back to the machine, and the resident deletes everything.
func (c *clerk) ends(user, page string) {
	c.Helper()
	c.does(page + "/handback")
	c.awaitText(user, "ここでひと区切りです")
	c.line.SendText(user, "消す")
	c.awaitText(user, "もとにはもどせません")
	c.press(user, "いま消す")
	c.awaitText(user, "消しました")
}

// keepsWriting sends numbered answers until told is called, pressing again whenever
// the console does not confirm one.
func (c *clerk) keepsWriting(page string) (told, soFar func() int) {
	var over atomic.Bool
	var n atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ; !over.Load(); n.Add(1) {
			c.insists(page+"/answer", "act", fmt.Sprintf("n-%d", n.Load()), "words", answerNo(int(n.Load())))
			c.pause()
		}
	}()
	soFar = func() int { return int(n.Load()) }
	return func() int { over.Store(true); <-done; return soFar() }, soFar
}

func answerNo(n int) string { return fmt.Sprintf("返事その%dです。", n) }

// pause is the breath between two answers of somebody who types.
func (c *clerk) pause() {
	select {
	case <-time.After(150 * time.Millisecond):
	case <-c.Context().Done():
	}
}

// wantAnswers compares the coordinator's answers as they arrived with those that
// the console confirmed: all of them, once, in order.
func (tw *town) wantAnswers(user string, n int) {
	tw.Helper()
	tw.awaitText(user, answerNo(n-1))
	rest := strings.Join(tw.texts(user), "\n")
	for i := range n {
		if got := strings.Count(rest, answerNo(i)); got != 1 {
			tw.Errorf("answer %d of %d arrived %d times, or out of order", i, n, got)
			return
		}
		_, rest, _ = strings.Cut(rest, answerNo(i))
	}
}

// checkShreds: whatever stands in the lists of what was destroyed has no key.
func (tw *town) checkShreds() {
	tw.Helper()
	c, n := tw.store.Client(), 0
	for _, list := range tw.keys("{k-*}:shreds") {
		slot := strings.TrimSuffix(list, ":shreds")
		members, err := c.ZRange(tw.Context(), list, 0, -1).Result()
		if err != nil {
			tw.Fatal(err)
		}
		for _, m := range members {
			owner, text, _ := strings.Cut(m, "\n")
			field := "k"
			if text != "" {
				field = "t:" + text
			}
			if there, err := c.HExists(tw.Context(), slot+":owner:"+owner, field).Result(); err != nil || there {
				tw.Errorf("a destroyed key is there again (%v)", err)
			}
			n++
		}
	}
	if n == 0 {
		tw.Error("nothing was destroyed: the story has not been told")
	}
}

// isAStranger: who deleted everything is met as somebody new.
func (tw *town) isAStranger(user string) {
	tw.Helper()
	before := len(tw.line.Messages(user))
	tw.line.SendText(user, "こんにちは")
	tw.await(20*time.Second, "a first greeting", func() bool {
		return strings.Contains(strings.Join(tw.texts(user)[before:], "\n"), "いま答えているのは機械です")
	})
}
