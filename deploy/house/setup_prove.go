package house

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"engawa/bot/webhook"
)

// redelivery says when it was proved, or proves it now.
func (s *setup) redelivery(ctx context.Context, now bool, most time.Duration) {
	if now {
		s.prove(ctx, most)
		return
	}
	at, err := s.trials.Proved(ctx)
	s.tell(err == nil && !at.IsZero(), "Webhook の再送は "+day(at)+" に確かめました / redelivery was proved on "+day(at),
		"Webhook の再送を、まだ確かめていません。`engawa setup --prove` で一度だけ試せます / redelivery has not been proved: engawa setup --prove")
}

// prove lets a person send the house a marked message, which the door stores and
// refuses once, and waits for LINE to bring it again. At most the given time; what the
// person wrote is answered like any other message, whatever comes of it.
func (s *setup) prove(ctx context.Context, most time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, min(most, webhook.TrialTime))
	defer cancel()
	mark, err := s.trials.Begin(ctx)
	if err != nil {
		s.tell(false, "", "再送の試しを始められません。データの置き場所を確かめてください / the trial cannot be begun")
		return
	}
	defer func() { _ = s.trials.End(context.WithoutCancel(ctx)) }()
	if !waited(ctx, 2*webhook.LookEvery) { // every process has looked by then
		return
	}
	fmt.Println("・ 再送を試します。自分の LINE から、縁側のアカウントに、次の文字をそのまま送ってください / send this from your own LINE:")
	fmt.Println()
	fmt.Println("     " + mark)
	fmt.Println()
	fmt.Println("   入口は、それを書きとめたうえで、一度だけ「受けとれない」と答えます。LINE がもう一度届けるまで待ちます。やめるときは Ctrl+C / waiting for LINE to bring it again")
	came, told := false, false
	for {
		var again bool
		if came, again, err = s.trials.Standing(ctx); err == nil && again {
			s.tell(true, "LINE は、受けとれなかったものをもう一度届けます。再送は入っています / redelivery is on: LINE brought it again", "")
			return
		}
		if came && !told {
			told = true
			fmt.Println("・ 届きました。もう一度届くのを待っています（数分かかることがあります） / it came; waiting for it to come again")
		}
		if !waited(ctx, 500*time.Millisecond) {
			break
		}
	}
	if !came {
		s.tell(false, "", "その文字は届きませんでした。engawa serve が動いているか、送り先のアカウントを確かめて、もう一度どうぞ / the message did not come: is serve running, was it the right account?")
		return
	}
	s.tell(false, "", "待ちましたが、もう一度は届きませんでした。LINE Developers ＞ Messaging API設定 ＞「Webhookの再送」を入れてから、もう一度どうぞ / it did not come again: switch redelivery on and try again")
}

// waited waits so long, unless it is over before.
func waited(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// autoReply asks a person for what no API shows, and remembers their yes for a month.
// Where nobody can be asked the word of the command line counts.
func (s *setup) autoReply(ctx context.Context, said bool, in io.Reader) {
	if at, err := s.watch.seen(ctx, autoReply); err == nil && !said && s.clock().Sub(at) <= autoReplyAgain {
		s.tell(true, "応答メッセージとあいさつメッセージは、"+day(at)+" に人が確かめました / a person looked on "+day(at), "")
		return
	}
	if !said && in != nil {
		fmt.Print("？ LINE Official Account Manager ＞ 応答設定で、「応答メッセージ」と「あいさつメッセージ」は切れていますか / are both switched off? [y/N] ")
		line, _ := bufio.NewReader(in).ReadString('\n')
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes", "はい":
			said = true
		}
	}
	if !said {
		s.tell(false, "", "応答メッセージとあいさつメッセージが切れていることを、まだ人が確かめていません。見たら `engawa setup --auto-reply-off` / nobody has looked yet whether auto-reply and greeting are off")
		return
	}
	err := s.watch.saw(ctx, autoReply, s.clock())
	s.tell(err == nil, "応答メッセージとあいさつメッセージは切れている、とおぼえました。ひと月たったら、また聞きます / remembered for a month", "おぼえられませんでした / it could not be remembered")
}

// somebody is the person at the terminal; nil where there is none.
func somebody() io.Reader {
	if info, err := os.Stdin.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return os.Stdin
}
