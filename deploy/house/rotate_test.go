package house

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"
	"time"

	"engawa/bot/line/emulator"
	"engawa/config/privacy"
)

// TestRotatingTheMasterKeyKeepsPersonLaneStopAndCase replaces the master key the
// way the runbook says (new,old; wait; new alone) under a person who has said
// stop and waits for a human.
func TestRotatingTheMasterKeyKeepsPersonLaneStopAndCase(t *testing.T) {
	before, after := privacy.NewMasterKey(), privacy.NewMasterKey()
	tw := newTown(t)
	tw.set("ENGAWA_MASTER_KEY", before)
	tw.start()
	user := tw.line.NewUser()
	tw.line.SendText(user, "もう送らないで")
	tw.awaitText(user, "こちらからは、もう送りません")
	tw.line.SendText(user, "家賃がもう無理")
	tw.awaitText(user, "いちばん近いものはどれですか")
	tw.press(user, "人と話す")
	tw.awaitText(user, "順番がとれました")
	was := tw.onlyPerson()

	tw.stop(syscall.SIGTERM)
	tw.set("ENGAWA_MASTER_KEY", after+","+before)
	tw.start()
	tw.await(30*time.Second, "every key under the new master", func() bool {
		return strings.Contains(tw.get("http://"+tw.ops+"/readyz"), `ok\trotation`)
	})
	tw.stop(syscall.SIGTERM)
	tw.set("ENGAWA_MASTER_KEY", after)
	tw.start()

	n := len(tw.line.Messages(user))
	tw.line.SendText(user, "まだ待っています")
	if _, err := tw.line.Await(t.Context(), user, emulator.AtLeast(n+1)); err != nil {
		t.Fatal(err)
	}
	if got := lastText(tw.line.Messages(user)); !strings.Contains(got, "受けとりました") {
		t.Errorf("after the rotation got %q, want the receipt of somebody who waits", got)
	}
	if is := tw.onlyPerson(); is != was {
		t.Errorf("after the rotation the person is %s, want %s: same person, same lane", is, was)
	}

	tw.stop(syscall.SIGTERM)
	tw.set("ENGAWA_MASTER_KEY", before)
	tw.launch()
	select {
	case <-tw.ended:
	case <-time.After(20 * time.Second):
		t.Error("with only the old key the program starts; want a refusal")
	}
	tw.set("ENGAWA_MASTER_KEY", after)
}

// TestTheOperatorForgetsAPersonAndDoctorLooksAtEverything tries the shell's
// commands as an operator would.
func TestTheOperatorForgetsAPersonAndDoctorLooksAtEverything(t *testing.T) {
	tw := newTown(t)
	tw.start()
	user := tw.line.NewUser()
	tw.line.SendText(user, "家賃がもう無理")
	tw.awaitText(user, "いちばん近いものはどれですか")
	tw.press(user, "人と話す")
	tw.awaitText(user, "順番がとれました")

	if out := tw.run("doctor"); !strings.Contains(out, "○") || strings.Contains(out, "×") {
		t.Errorf("doctor: got\n%s\nwant nothing wrong", out)
	}
	if out := tw.run("coordinator", "add", "hanako", "--alias", "すみれ"); !strings.Contains(out, "hanako") {
		t.Errorf("coordinator add: got %q", out)
	}
	if out := tw.run("coordinator", "list"); !strings.Contains(out, "すみれ") {
		t.Errorf("coordinator list: got %q", out)
	}
	person := tw.onlyPerson()
	alias, err := tw.redis.Client().HGet(t.Context(), personKeyOf(person), "a").Result()
	if err != nil {
		t.Fatal(err)
	}
	if out := tw.run("forget", "--alias", alias, "--yes"); !strings.Contains(out, "消しました") {
		t.Errorf("forget: got %q", out)
	}
	if n := tw.redis.Client().Exists(t.Context(), personKeyOf(person)).Val(); n != 0 {
		t.Error("the person is still there")
	}
	var b book
	if err := json.Unmarshal([]byte(tw.run("ledger", "--json")), &b); err != nil || !b.AddsUp {
		t.Errorf("ledger: %v, adds up %v", err, b.AddsUp)
	}
}

// set changes one setting for the next start.
func (tw *town) set(name, value string) {
	for i, e := range tw.env {
		if strings.HasPrefix(e, name+"=") {
			tw.env[i] = name + "=" + value
			return
		}
	}
	tw.env = append(tw.env, name+"="+value)
}

// onlyPerson is the id of the one person whom the store knows.
func (tw *town) onlyPerson() string {
	tw.Helper()
	keys, err := tw.redis.Client().Keys(tw.Context(), "*:person:*").Result()
	if err != nil || len(keys) == 0 {
		tw.Fatalf("people in the store: %v, %v", keys, err)
	}
	var ids []string
	for _, k := range keys {
		if strings.HasPrefix(k, "{lane-") {
			ids = append(ids, k[strings.LastIndex(k, ":")+1:])
		}
	}
	if len(ids) != 1 {
		tw.Fatalf("got %d people, want 1", len(ids))
	}
	return ids[0]
}

func personKeyOf(id string) string { return "{lane-" + id[:2] + "}:person:" + id }
