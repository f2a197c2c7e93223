package config

import (
	"fmt"
	"strings"
	"time"

	"engawa/config/privacy"
)

// Weight says how far a promise holds.
type Weight string

// How far a promise holds.
const (
	Holds   Weight = "ok"      // as the house plan says
	Weak    Weight = "weak"    // by the operator's decision, less than that
	Broken  Weight = "broken"  // somebody must act
	Unknown Weight = "unknown" // the store does not tell
)

// Promise is one line of `engawa doctor` and of readyz; deploy/runbook explains
// each by its name.
type Promise struct {
	Message
	Weight Weight
}

func (p Promise) String() string { return string(p.Weight) + "\t" + p.Message.String() }

// Chosen is what the city has decided about its promises.
type Chosen struct {
	Replicas int  // copies that a write must have
	Drafts   bool // unconfirmed sentences are served
	Records  bool // words stay after 消す once a human has claimed the case
	Model    bool // a language model may be asked
	Ways     int  // of calling people who are not at the console
}

// Promises says in words which promises are in force, with these stores and these decisions.
func Promises(s privacy.Standing, c Chosen, now time.Time) []Promise {
	return append([]Promise{
		disk("store", "データ", "data", s.Main),
		disk("keys", "鍵", "keys", s.Keys),
		copies(s, c), eviction(s), apart(s), snapshots(s), rewritten(s, now), rotation(s), days(s),
	}, c.Promises()...)
}

// Promises are those that depend on the city's decisions alone.
func (c Chosen) Promises() []Promise { return []Promise{drafts(c), records(c), calls(c), model(c)} }

func copies(s privacy.Standing, c Chosen) Promise {
	switch {
	case c.Replicas == 0 && s.Main.Replicas > 0:
		return promise(Weak, "copies", fmt.Sprintf("控えの Redis がありますが、書き終えるのを待っていません。ENGAWA_REPLICAS=%d にすると、切りかわりでも失いません", s.Main.Replicas),
			fmt.Sprintf("there are replicas and nobody waits for them; with ENGAWA_REPLICAS=%d a fail-over loses nothing", s.Main.Replicas))
	case c.Replicas < s.Main.Replicas: // a sentinel may choose the one that is behind
		return promise(Weak, "copies", fmt.Sprintf("控え %d 台のうち %d 台しか待っていません。待っていない控えが引きつぐと、失うものがあります。ENGAWA_REPLICAS=%d にしてください", s.Main.Replicas, c.Replicas, s.Main.Replicas),
			fmt.Sprintf("%d of %d replicas are waited for; one that takes over may be behind: set ENGAWA_REPLICAS=%d", c.Replicas, s.Main.Replicas, s.Main.Replicas))
	case c.Replicas > s.Main.Replicas:
		return promise(Broken, "copies", fmt.Sprintf("控えが %d 台要るのに、%d 台しかつながっていません。届いたことばを受けとれません", c.Replicas, s.Main.Replicas),
			fmt.Sprintf("%d replicas are needed and %d are connected; nothing can be accepted", c.Replicas, s.Main.Replicas))
	case c.Replicas == 0:
		return promise(Holds, "copies", "控えの Redis はありません。一台のディスクが約束を守ります", "there are no replicas; one disk keeps the promise")
	}
	return promise(Holds, "copies", fmt.Sprintf("控え %d 台が書き終えてから、受けとったと答えています", c.Replicas),
		fmt.Sprintf("%d replicas have a write before it is acknowledged", c.Replicas))
}

func drafts(c Chosen) Promise {
	if c.Drafts {
		return promise(Weak, "drafts", "人が確かめていない下書きの文を、住む人に出しています。約束7が弱くなります", "unconfirmed sentences are served; promise 7 is weaker")
	}
	return promise(Holds, "drafts", "住む人に出しているのは、人が確かめた文だけです", "residents see confirmed sentences only")
}

func records(c Chosen) Promise {
	if c.Records {
		return promise(Weak, "records", "人が受け持ったあとのことばは、公文書として「消す」のあとも残ります。約束4が弱くなります",
			"words of claimed cases stay after 消す, as public records; promise 4 is weaker")
	}
	return promise(Holds, "records", "「消す」で、ことばはぜんぶ消えます", "消す destroys every word")
}

func calls(c Chosen) Promise {
	if c.Ways == 0 {
		return promise(Weak, "calls", "急ぎの知らせは、画面を開いている人にだけ届きます。ENGAWA_ALARM_ の設定で、メールや市の呼び出しを入れてください",
			"an alarm reaches only those who have the console open; set mail, a command or a hook (ENGAWA_ALARM_…)")
	}
	return promise(Holds, "calls", fmt.Sprintf("急ぎの知らせは、画面のほかに %d つの方法でも届きます", c.Ways), fmt.Sprintf("an alarm also calls people in %d other ways", c.Ways))
}

// model is no weakness: what leaves is covered first. It is told because people ask.
func model(c Chosen) Promise {
	if c.Model {
		return promise(Holds, "model", "言語モデルに、伏せ字にした一文だけをたずねることがあります（ENGAWA_ASSIST_URL）", "a language model may be asked about one covered sentence (ENGAWA_ASSIST_URL)")
	}
	return promise(Holds, "model", "言語モデルは使っていません", "no language model is used")
}

func promise(w Weight, name, ja, en string) Promise {
	return Promise{Message: Message{Name: name, Ja: ja, En: en}, Weight: w}
}

func disk(name, ja, en string, d privacy.Disk) Promise {
	switch d.Fsync {
	case "always":
		return promise(Holds, name, fmt.Sprintf("%sは、書いてから答えています（控え %d 台）", ja, d.Replicas),
			fmt.Sprintf("%s are on disk before the answer (%d replicas)", en, d.Replicas))
	case "everysec", "no":
		return promise(Weak, name, ja+"は、停電で最後の1秒ほどを失うことがあります。appendfsync always にしてください",
			en+" may lose the last second in a power cut; set appendfsync always")
	case "off":
		return promise(Broken, name, ja+"はディスクに書かれていません。appendonly yes にしてください",
			en+" are not written to disk; set appendonly yes")
	}
	return promise(Unknown, name, ja+"の書き方を Redis が教えてくれません。redis.conf を確かめてください",
		"the store does not tell how it keeps "+en+"; look at redis.conf")
}

func eviction(s privacy.Standing) Promise {
	if s.Main.Evicts || s.Keys.Evicts {
		return promise(Broken, "eviction", "いっぱいになると、Redis がだまって捨てます。maxmemory-policy noeviction にしてください",
			"when full, Redis drops silently; set maxmemory-policy noeviction")
	}
	return promise(Holds, "eviction", "いっぱいになっても、だまって捨てません", "nothing is dropped when the store is full")
}

func apart(s privacy.Standing) Promise {
	switch {
	case s.KeyStore == "own" && s.ListFile:
		return promise(Holds, "apart", "鍵は別の Redis にあり、消した鍵の一覧も別の場所にあります", "keys have a store of their own and a list of shreds beside it")
	case s.KeyStore == "own":
		return promise(Holds, "apart", "鍵は別の Redis にあります。この Redis の長いバックアップは取らないでください", "keys have a store of their own; keep it out of long backups")
	case s.ListFile:
		return promise(Holds, "apart", "鍵はデータと同じ Redis にありますが、消した鍵の一覧が別の場所にあります", "keys share the data's store, with a list of shreds beside it")
	case s.KeyStore == "unknown":
		return promise(Unknown, "apart", "鍵が別の Redis にあるか、わかりません", "whether keys have a store of their own is not known")
	}
	return promise(Weak, "apart", "鍵がデータと同じ Redis にあり、一覧もありません。古いバックアップを戻すと、消したものが戻ります",
		"keys share the data's store and there is no list of shreds: an old backup brings back what was deleted")
}

func snapshots(s privacy.Standing) Promise {
	if s.Keys.Snapshots {
		return promise(Weak, "snapshots", "鍵の Redis がスナップショットも取っています。次の一枚まで、消した鍵が残ります。save \"\" にしてください",
			"the key store takes snapshots, which remember destroyed keys until the next one; set save \"\"")
	}
	return promise(Holds, "snapshots", "鍵のスナップショットはありません", "no snapshots of the keys")
}

// late is when an unwritten rewrite stops being patience.
const late = time.Hour

func rewritten(s privacy.Standing, now time.Time) Promise {
	switch {
	case s.Rewrite == "absent":
		return promise(Holds, "rewrite", "この Redis には書き直すファイルがありません（試しの家）", "this store has no file to rewrite (demo)")
	case s.Owed > 0 && !s.OwedSince.IsZero() && now.Sub(s.OwedSince) > late:
		return promise(Broken, "rewrite", fmt.Sprintf("消した鍵 %d 件がファイルに残ったままです。ディスクの空きと Redis の記録を見てください", s.Owed),
			fmt.Sprintf("%d destroyed keys are still in the file; look at the disk and at Redis's log", s.Owed))
	case s.Owed > 0:
		return promise(Holds, "rewrite", fmt.Sprintf("消した鍵 %d 件が、まもなくファイルからも消えます", s.Owed),
			fmt.Sprintf("%d destroyed keys leave the file with the next rewrite", s.Owed))
	}
	return promise(Holds, "rewrite", "消した鍵は、ファイルにも残っていません", "no destroyed key is left in the file")
}

func rotation(s privacy.Standing) Promise {
	if s.OldMaster > 0 {
		return promise(Weak, "rotation", fmt.Sprintf("前の親鍵で包まれた鍵が %d あります。0 になるまで、前の親鍵を外さないでください", s.OldMaster),
			fmt.Sprintf("%d keys are still wrapped by an older master key; do not take it away yet", s.OldMaster))
	}
	return promise(Holds, "rotation", "すべての鍵が、いまの親鍵で包まれています", "every key is under the active master key")
}

func days(s privacy.Standing) Promise {
	if len(s.Overdue) > 0 {
		list := strings.Join(s.Overdue, ", ")
		return promise(Broken, "days", "期限をすぎた日の鍵が残っています: "+list+"。済んでいない知らせがあります（engawa ledger）",
			"inbox days past their term: "+list+"; something in them is unfinished (engawa ledger)")
	}
	return promise(Holds, "days", "届いたままのデータは、期限どおりに消えています", "inbox days are destroyed on time")
}
