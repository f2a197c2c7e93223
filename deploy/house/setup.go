package house

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"engawa/bot/webhook"
	"engawa/deploy/poster"
	"engawa/flows/catalogue"
)

// talkPushes is how many messages of a human one counselling talk takes: what a
// city's first year on LINE showed (house plan, safety-and-data).
const talkPushes = 29

type setupCmd struct {
	Cases int           `default:"40" help:"ひと月の相談の数の見こみ / expected talks with a human a month"`
	Prove bool          `help:"LINE の再送を、しるしのついたことばで一度だけ試す / prove LINE's redelivery once with a marked message"`
	Wait  time.Duration `default:"5m" help:"再送を待つ時間（15mまで） / how long to wait for it, at most 15m"`

	AutoReplyOff bool   `help:"応答メッセージとあいさつメッセージが切れているのを見た / a person has seen that auto-reply and greeting are off"`
	Poster       string `help:"QRコードを置くフォルダー / folder for the QR code" placeholder:"DIR"`
}

// Run makes LINE equal to the settings as far as its API goes, and says what a
// person must do by hand. It may be run as often as one likes.
func (c setupCmd) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error {
		s := &setup{house: h}
		s.account(ctx)
		s.webhook(ctx)
		s.byHand()
		s.autoReply(ctx, c.AutoReplyOff, somebody())
		s.redelivery(ctx, c.Prove, c.Wait)
		s.content()
		s.menu(ctx)
		s.pushes(ctx, c.Cases)
		if c.Poster != "" {
			s.poster(c.Poster)
		}
		if s.bad {
			return errSaid
		}
		return nil
	})
}

// setup is one run, and whether something is wrong.
type setup struct {
	*house
	id  string // @…
	bad bool
}

func (s *setup) tell(ok bool, good, wrong string) {
	if ok {
		fmt.Println("○", good)
		return
	}
	s.bad = true
	fmt.Println("×", wrong)
}

func (s *setup) account(ctx context.Context) {
	a, err := s.line.Account(ctx)
	s.tell(err == nil, "LINE がこちらのトークンを受けつけます。アカウント / our account: "+a.Name+" "+a.Basic,
		"LINE がこちらのトークンを受けつけません。LINE_CHANNEL_ACCESS_TOKEN を確かめてください / LINE does not take our token")
	if err != nil {
		return
	}
	s.id = a.Basic
	right, ja, en := chatFits(a.Chat, s.bundle().House.ReadMark)
	s.tell(right, ja+" / "+en, ja+" / "+en)
	if s.cfg.BotUserID != "" {
		s.tell(s.cfg.BotUserID == a.UserID, "LINE_BOT_USER_ID はこのアカウントです / LINE_BOT_USER_ID is this account's",
			"LINE_BOT_USER_ID がちがうアカウントのものです / LINE_BOT_USER_ID belongs to another account")
	}
}

// chatFits says whether LINE's own chat is on or off as house.yaml wants it. On, it is
// a second mouth; but only so can 既読 wait for a human.
func chatFits(chat, readMark bool) (right bool, ja, en string) {
	switch {
	case chat && readMark:
		return true, "LINE の管理画面のチャットは、既読のために入っています。そこから人に返事を書かないでください", "LINE's own chat is on for its read marks: answer nobody from there"
	case chat:
		return false, "LINE Official Account Manager の「チャット」が入っています。二つの口が話さないよう、切ってください", "LINE's own chat is on: switch it off"
	case readMark:
		return false, "house.yaml に「既読: 人が読んだとき」とありますが、LINE Official Account Manager の「チャット」が切れているので、既読は自動でつきます。チャットを入れるか、「既読: 自動」にしてください",
			"house.yaml wants read marks by humans, but LINE's chat is off: switch it on, or the marks to 自動"
	}
	return true, "LINE の管理画面のチャットは切ってあります", "LINE's own chat is off"
}

// webhook tells LINE where to deliver to, if it does not know, and lets it knock once.
func (s *setup) webhook(ctx context.Context) {
	if s.cfg.PublicURL == "" {
		s.tell(false, "", "ENGAWA_PUBLIC_URL がありません。外から見た入口の URL（https://…）を入れてください / set ENGAWA_PUBLIC_URL")
		return
	}
	want := s.cfg.PublicURL + webhook.Path
	have, active, err := s.line.Webhook(ctx)
	if err == nil && have != want {
		if err = s.line.SetWebhook(ctx, want); err == nil {
			fmt.Println("・ Webhook の URL を変えました / the webhook's address was changed:", want)
			have, active, err = s.line.Webhook(ctx)
		}
	}
	s.tell(err == nil && have == want, "Webhook の URL は "+want+" です / the webhook's address is right",
		"Webhook の URL を LINE に入れられません。LINE Developers で "+want+" を入れてください / the address cannot be set by API: set it by hand")
	s.tell(active, "「Webhookの利用」は入っています / the webhook is in use",
		"LINE Developers の Messaging API 設定で「Webhookの利用」を入れてください。ここは画面でしか変えられません / switch the webhook on in LINE Developers")
	if d, err := s.line.TestWebhook(ctx); err != nil {
		s.tell(false, "", "LINE の試しの呼び出しができません。少しあとでもう一度どうぞ（1時間に60回まで） / LINE's own test could not be run")
	} else {
		s.tell(d.OK, "LINE から、こちらの入口に届きました / LINE's own test reached our door",
			fmt.Sprintf("LINE から届きません（%s、%d）。engawa serve が動いているか、TLS とファイアウォールを確かめてください / LINE's own test failed", d.Reason, d.Status))
	}
}

// byHand are the switches that no API shows.
func (s *setup) byHand() {
	fmt.Println("？ LINE の画面で、人が確かめること / to be checked by a person on LINE's pages:")
	fmt.Println("   1. LINE Developers ＞ Messaging API設定 ＞「Webhookの再送」を入れる（止まっていた間のことばが届きます） / redelivery on")
	fmt.Println("   2. LINE Official Account Manager ＞ 応答設定 ＞「応答メッセージ」「あいさつメッセージ」を切る / auto-reply and greeting off")
	fmt.Println("   3. プロバイダーが市のものであること（あとから移せません） / the provider belongs to the city")
}

// content names what still is the example's and not the city's.
func (s *setup) content() {
	s.tell(s.bundle().House.City != "ひなた区", "ことばは "+s.bundle().House.City+" のものです / the content is the city's own",
		"ことばが見本の「ひなた区」のままです。ENGAWA_CONTENT に、まちのフォルダーを入れてください / the content is still the example's")
	s.tell(!s.bundle().Drafts, "出す文は、人が確かめたものだけです / only confirmed sentences are served",
		"まだ人が確かめていない下書きがあります。`engawa check` が一覧を出します / unconfirmed sentences are left: see engawa check")
	unready := catalogue.Unready(s.bundle(), time.Now())
	s.tell(len(unready) == 0, "連絡先と場所は、ぜんぶ確かめてあります / every contact is verified",
		fmt.Sprintf("確かめていない連絡先や場所が %d あります。住む人には出ません。`engawa check` が一覧を出します / unverified contacts are not shown", len(unready)))
}

// pushes says before it happens whether the month's messages will do. Replies are free.
func (s *setup) pushes(ctx context.Context, cases int) {
	q, err := s.line.Quota(ctx)
	if err != nil {
		s.tell(false, "", "LINE の通数が分かりません / LINE does not tell the month's messages")
		return
	}
	need := int64(cases) * talkPushes
	say := fmt.Sprintf("ひと月 %d 件の相談で、送るのはおよそ %d 通（1件およそ %d 通。届いてすぐの返事は数えません）", cases, need, talkPushes)
	if !q.Limited {
		fmt.Println("○", say+"。通数の上限はありません / no limit on messages")
		return
	}
	s.tell(need <= q.Limit, fmt.Sprintf("%s。上限は %d 通です / about %d of %d messages a month", say, q.Limit, need, q.Limit),
		fmt.Sprintf("%s。上限の %d 通では足りません。地方公共団体プラン（無料・上限なし）か、上のプランにしてください / the plan's %d messages will not do", say, q.Limit, q.Limit))
}

func (s *setup) poster(dir string) {
	link, err := poster.Link(s.id)
	if err != nil {
		s.tell(false, "", "アカウントのIDが分からないので、QRコードを作れません / without the account's id there is no QR code")
		return
	}
	png, err := poster.PNG(link, 16)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "engawa-qr.png"), png, 0o644) //#nosec G306 -- a poster that everybody may see
	}
	if err == nil {
		var pdf []byte
		if pdf, err = poster.PDF(link, s.id); err == nil {
			err = os.WriteFile(filepath.Join(dir, "engawa-qr.pdf"), pdf, 0o644) //#nosec G306 -- a poster that everybody may see
		}
	}
	s.tell(err == nil, "QRコードを置きました / the QR code is in "+dir, "QRコードを置けません。フォルダーと権限を確かめてください / the QR code could not be written")
}
