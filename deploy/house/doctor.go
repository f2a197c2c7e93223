package house

import (
	"context"
	"fmt"
	"time"

	"engawa/bot/webhook"
	"engawa/config"
	"engawa/flows/catalogue"
	"engawa/handoff/alarm/wake"
	"engawa/handoff/console"
)

type doctorCmd struct {
	Call bool `help:"急ぎの知らせの呼び出しを、試しに一度ずつ鳴らす / make one trial call by every way"`
}

// Run looks at everything that must be right before residents come, and says what to do.
// What it finds is what the console shows until the next look.
func (c doctorCmd) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error {
		bad := false
		tell := func(ok bool, text string) {
			bad = bad || !ok
			fmt.Println(map[bool]string{true: "○", false: "×"}[ok], text)
		}
		report := h.examine(ctx, h.clock())
		for _, f := range report.Findings {
			if !f.Good && byPeople[f.Name] {
				fmt.Println("△", f.Ja+" / "+f.En)
				continue
			}
			tell(f.Good, f.Ja+" / "+f.En)
			if f.Name == "stores" && f.Good {
				h.tellPromises(ctx)
			}
		}
		if err := h.watch.keep(ctx, report); err != nil {
			tell(false, "調べた結果を残せませんでした / the findings could not be kept")
		}
		if c.Call {
			h.waker.Try(ctx, func(way string, whom wake.For, err error) {
				if err != nil {
					tell(false, fmt.Sprintf("呼び出し %s（%s）が出ませんでした / a trial call did not go out: %v", way, whom, err))
					return
				}
				tell(true, fmt.Sprintf("呼び出し %s（%s）が出ました / a trial call went out", way, whom))
			})
		}
		if bad {
			return errSaid
		}
		return nil
	})
}

// byPeople are findings about what a person has still to look at. Nothing is broken.
var byPeople = map[string]bool{"redelivery": true, autoReply: true, "content": true, "areas": true}

func (h *house) tellPromises(ctx context.Context) {
	s, err := h.vault.Standing(ctx, h.clock())
	if err != nil {
		return
	}
	for _, p := range config.Promises(s, h.chosen(), h.clock()) {
		fmt.Println(" ", p)
	}
}

// Times after which something that only a person can see must be looked at again.
const (
	autoReplyAgain  = 31 * 24 * time.Hour
	redeliveryAgain = 366 * 24 * time.Hour
)

// examination gathers findings.
type examination struct {
	*house
	now time.Time
	all []console.Finding
}

func (e *examination) find(name string, good bool, ja, en string) {
	e.all = append(e.all, console.Finding{Name: name, Good: good, Ja: ja, En: en})
}

// either is find with one text for each case.
func (e *examination) either(name string, good bool, ja, en, wrongJa, wrongEn string) {
	if good {
		e.find(name, true, ja, en)
		return
	}
	e.find(name, false, wrongJa, wrongEn)
}

// examine looks at all that must be right. It changes nothing.
func (h *house) examine(ctx context.Context, now time.Time) console.Checkup {
	e := &examination{house: h, now: now}
	_, err := h.vault.Standing(ctx, now)
	e.either("stores", err == nil, "データと鍵の置き場所が答えます", "the stores answer", "置き場所の様子が分かりません", "the stores do not tell how they stand")
	e.either("ledger", h.ledger.Equation(ctx) == nil, "台帳の数が合っています", "the ledger adds up", "台帳の数が合いません", "the ledger does not add up")
	e.account(ctx)
	e.webhook(ctx)
	e.redelivery(ctx)
	e.autoReply(ctx)
	e.content()
	e.holidays()
	e.pushes(ctx)
	e.areas(ctx)
	return console.Checkup{At: now, Findings: e.all}
}

func (e *examination) account(ctx context.Context) {
	a, err := e.line.Account(ctx)
	e.either("token", err == nil, "LINE がこちらのトークンを受けつけます", "LINE takes our token",
		"LINE がこちらのトークンを受けつけません。LINE_CHANNEL_ACCESS_TOKEN を確かめてください", "LINE does not take our token")
	if err != nil {
		return
	}
	right, ja, en := chatFits(a.Chat, e.bundle().House.ReadMark)
	e.find("chat", right, ja, en)
	if id := e.cfg.BotUserID; id != "" && id != a.UserID {
		e.find("bot", false, "LINE_BOT_USER_ID がちがうアカウントのものです", "LINE_BOT_USER_ID belongs to another account")
	}
}

func (e *examination) webhook(ctx context.Context) {
	url, active, err := e.line.Webhook(ctx)
	e.either("webhook", err == nil && active && url != "", "Webhook は入っています: "+url, "the webhook is active",
		"Webhook が入っていません。LINE Developers で URL を入れ、「利用する」にしてください", "the webhook is not active")
	if want := e.cfg.PublicURL + webhook.Path; err == nil && e.cfg.PublicURL != "" && url != want {
		e.find("address", false, "Webhook の URL が、こちらの入口（"+want+"）ではありません", "the webhook's address is not our door")
	}
}

func (e *examination) redelivery(ctx context.Context) {
	at, err := e.trials.Proved(ctx)
	switch {
	case err != nil || at.IsZero():
		e.find("redelivery", false, "Webhook の再送を、まだ確かめていません。`engawa setup --prove` で一度だけ試せます", "redelivery has not been proved: engawa setup --prove")
	case e.now.Sub(at) > redeliveryAgain:
		e.find("redelivery", false, "Webhook の再送を確かめてから一年たちました（"+day(at)+"）。`engawa setup --prove` でもう一度どうぞ", "redelivery was proved more than a year ago: engawa setup --prove")
	default:
		e.find("redelivery", true, "Webhook の再送は "+day(at)+" に確かめました", "redelivery was proved on "+day(at))
	}
}

func (e *examination) autoReply(ctx context.Context) {
	at, err := e.watch.seen(ctx, autoReply)
	if err == nil && !at.IsZero() && e.now.Sub(at) <= autoReplyAgain {
		e.find(autoReply, true, "応答メッセージとあいさつメッセージが切れていることを、"+day(at)+" に人が確かめました", "a person looked on "+day(at)+": auto-reply and greeting are off")
		return
	}
	e.find(autoReply, false, "応答メッセージとあいさつメッセージが切れているか、LINE の画面で見てください（月に一度）。見たら `engawa setup --auto-reply-off`",
		"look on LINE's pages whether auto-reply and greeting are off, once a month; then engawa setup --auto-reply-off")
}

func (e *examination) content() {
	n := len(catalogue.Unready(e.bundle(), e.now))
	e.either("content", n == 0, "連絡先と場所は、ぜんぶ確かめてあります", "every contact is verified",
		fmt.Sprintf("確かめていないか、期限のすぎた連絡先や場所が %d あります。住む人には出ません", n), fmt.Sprintf("%d contacts or places are unverified or stale and not shown", n))
}

// holidaysAhead is for how long the closed days must be written down: a city that
// forgets next year's would promise people an answer on a day on which nobody reads.
const holidaysAhead = 60 * 24 * time.Hour

func (e *examination) holidays() {
	last := ""
	for day := range e.shifts.InForce().Closed {
		last = max(last, day)
	}
	e.either("holidays", last >= e.now.Add(holidaysAhead).Format(time.DateOnly), "休みの日は "+last+" の分まで書いてあります", "closed days are written down until "+last,
		"休みの日が、このさき60日の分まで書かれていません。祝日と年末年始を「時間と休み」に足してください。足りないと、休みの日に返事を約束してしまいます",
		"closed days are not written down for the next 60 days: add them on 時間と休み, or an answer is promised for a day off")
}

// pushes says whether the month's messages will last at this month's pace.
func (e *examination) pushes(ctx context.Context) {
	q, err := e.line.Quota(ctx)
	if err != nil {
		e.find("pushes", false, "LINE の通数が分かりません", "LINE does not tell the month's messages")
		return
	}
	if !q.Limited {
		e.find("pushes", true, "LINE の通数に上限はありません", "there is no limit on messages")
		return
	}
	b := console.Budget{Used: q.Used, Limit: q.Limit, Reserve: e.cfg.Reserve.Of(q.Limit)}
	need := pace(b, e.now.In(e.bundle().House.Zone))
	ja := fmt.Sprintf("（%d 通まで、うちとっておき %d 通、いま %d 通、月末におよそ %d 通）", b.Limit, b.Reserve, b.Used, need)
	en := fmt.Sprintf("%d of %d used, %d kept, about %d by the end of the month", b.Used, b.Limit, b.Reserve, need)
	switch {
	case b.Spent():
		e.find("pushes", false, "今月の通数を使いきりました"+ja+"。人の返事は、相手がつぎに書いたときに届きます。上のプランか、地方公共団体プランを", "no messages are left this month: "+en)
	case b.Kept():
		e.find("pushes", false, "今月の通数は、とっておきだけになりました"+ja+"。知らせは待ち、人の返事と緊急だけを送ります", "only the reserve is left: "+en)
	case need > b.Limit:
		e.find("pushes", false, "今月の通数が足りなくなりそうです"+ja+"。上のプランか、地方公共団体プランを", "the month's messages will not do: "+en)
	case need > b.Limit-b.Reserve:
		e.find("pushes", false, "月末までに、とっておきに入りそうです"+ja+"。そのときは知らせを待たせ、人の返事と緊急だけを送ります", "the reserve will be touched: "+en)
	default:
		e.find("pushes", true, "今月の通数は足りそうです"+ja, en)
	}
}

// pace carries the month on to its end. Its first three days tell nothing.
func pace(b console.Budget, now time.Time) int64 {
	if now.Day() <= 3 {
		return b.Used
	}
	return b.Forecast(now)
}

func day(t time.Time) string { return t.Format(time.DateOnly) }
