package pages

import (
	"html/template"
	"strings"
	"time"

	"engawa/bot/board"
)

// Letters to members. Whoever else sees the mailbox learns neither which group it is
// nor what it is for; the page behind the link says it to who opens it.

func letter(to, house, why, links, then string) board.Letter {
	return board.Letter{To: to, Subject: house + "からのお知らせ", Body: why + "\n\n" + links + "\n\n" + then + "\n心あたりがないときは、このまま消して大丈夫です。何も起きません。\n\n" + house + "\n"}
}

// InviteLetter brings an invitation.
func InviteLetter(to, house, url string) board.Letter {
	return letter(to, house, "会への招待が届いています。つぎのリンクから入れます。パスワードはいりません。", url, "リンクは1回だけ使えます。14日で切れます。")
}

// LostLetter brings new links to who has lost theirs.
func LostLetter(to, house string, urls []string) board.Letter {
	return letter(to, house, "会のページをひらく、新しいリンクです。", strings.Join(urls, "\n"), "リンクは1回だけ使えます。2日で切れます。")
}

// AskedLetter says that a question waits, and not which.
func AskedLetter(to, house, url string) board.Letter {
	return letter(to, house, "会のページに、質問が届いています。急ぎではありません。", url, "リンクは1回だけ使えます。会のページで、このお知らせを止められます。")
}

// StillLetter asks whether a group goes on.
func StillLetter(to, house, url string, rest time.Duration) board.Letter {
	return letter(to, house, "しばらくお知らせがないので、おたずねします。つづいていたら、つぎのページで「つづけています」を押すだけで大丈夫です。", url,
		"お返事がないときは、"+days(rest)+"したら、のせたものをお休みにします。消えません。いつでもひと押しで戻せます。")
}

// joinByTalk is the link that opens the talk with an invitation ready to be sent; "" none.
func (g *Pages) joinByTalk(code string) string {
	if g.Talk == nil || code == "" {
		return ""
	}
	return g.Talk("会に入る " + code)
}

// invitation is an invitation as its host sees it, with a code to show to a phone.
type invitation struct {
	*board.Invite
	Talk, Page string
	QR         template.HTML
}

func (g *Pages) invitation(in *board.Invite) (out invitation, err error) {
	out = invitation{Invite: in, Talk: g.joinByTalk(in.Code), Page: g.URL() + "/g/join/" + in.Code}
	to := out.Talk
	if to == "" {
		to = out.Page
	}
	out.QR, err = QR(to)
	return out, err
}
