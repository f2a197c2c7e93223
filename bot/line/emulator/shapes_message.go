package emulator

import "maps"

// shapes is the whole table: the name of a shape to its fields.
var shapes = joined(requestShapes, messageShapes, actionShapes, templateShapes, flexShapes, menuShapes)

func joined(parts ...map[string]shape) map[string]shape {
	all := map[string]shape{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// everyMessage is what any message object may hold.
func everyMessage(own shape) shape {
	return own.with(shape{"quickReply": object("QuickReply"), "sender": object("Sender")})
}

// everyAction is what any action may hold. How long a label may be depends on
// where the action stands: limits.go.
func everyAction(own shape) shape {
	return own.with(shape{"label": label(0)})
}

var requestShapes = map[string]shape{
	"ReplyMessageRequest": {
		"replyToken": str(0).needed(), "messages": list("Message", 1, 5).needed(), "notificationDisabled": flag(),
	},
	"PushMessageRequest": {
		"to": str(0).needed(), "messages": list("Message", 1, 5).needed(), "notificationDisabled": flag(),
		"customAggregationUnits": list("", 0, 1),
	},
	"ValidateMessageRequest":           {"messages": list("Message", 1, 5).needed()},
	"ShowLoadingAnimationRequest":      {"chatId": str(0).needed(), "loadingSeconds": whole(5, 60)},
	"MarkMessagesAsReadByTokenRequest": {"markAsReadToken": str(0).needed()},
	"SetWebhookEndpointRequest":        {"endpoint": str(500).needed()},
	"TestWebhookEndpointRequest":       {"endpoint": str(500)},
}

var messageShapes = map[string]shape{
	"TextMessage": everyMessage(shape{
		"text": str(5000).needed(), "emojis": list("Emoji", 0, 20), "quoteToken": str(0),
	}),
	"Emoji": {"index": whole(0, 0).needed(), "productId": str(0).needed(), "emojiId": str(0).needed()},
	"TextMessageV2": everyMessage(shape{
		"text": str(5000).needed(), "substitution": {kind: aMap, of: "SubstitutionObject", max: 100}, "quoteToken": str(0),
	}),
	"MentionSubstitutionObject": {"mentionee": object("MentionTarget").needed()},
	"EmojiSubstitutionObject":   {"productId": str(0).needed(), "emojiId": str(0).needed()},
	"UserMentionTarget":         {"userId": str(0).needed()},
	"AllMentionTarget":          {},
	"StickerMessage": everyMessage(shape{
		"packageId": like(digitsOnly).needed(), "stickerId": like(digitsOnly).needed(), "quoteToken": str(0),
	}),
	"ImageMessage": everyMessage(shape{"originalContentUrl": link(2000).needed(), "previewImageUrl": link(2000).needed()}),
	"VideoMessage": everyMessage(shape{
		"originalContentUrl": link(2000).needed(), "previewImageUrl": link(2000).needed(), "trackingId": like(trackLike),
	}),
	"AudioMessage": everyMessage(shape{"originalContentUrl": link(2000).needed(), "duration": whole(1, 0).needed()}),
	"LocationMessage": everyMessage(shape{
		"title": str(100).needed(), "address": str(100).needed(), "latitude": number().needed(), "longitude": number().needed(),
	}),
	"ImagemapMessage": everyMessage(shape{
		"baseUrl": link(2000).needed(), "altText": str(1500).needed(), "baseSize": object("ImagemapBaseSize").needed(),
		"actions": list("ImagemapAction", 0, 50).needed(), "video": object("ImagemapVideo"),
	}),
	"ImagemapBaseSize":        {"width": whole(1, 0).needed(), "height": whole(1, 0).needed()},
	"ImagemapArea":            {"x": whole(0, 0).needed(), "y": whole(0, 0).needed(), "width": whole(1, 0).needed(), "height": whole(1, 0).needed()},
	"MessageImagemapAction":   {"area": object("ImagemapArea").needed(), "text": str(400).needed(), "label": str(100)},
	"URIImagemapAction":       {"area": object("ImagemapArea").needed(), "linkUri": str(1000).needed(), "label": str(100)},
	"ClipboardImagemapAction": {"area": object("ImagemapArea").needed(), "clipboardText": str(1000).needed(), "label": str(100)},
	"ImagemapVideo": {
		"originalContentUrl": link(2000), "previewImageUrl": link(2000), "area": object("ImagemapArea"),
		"externalLink": object("ImagemapExternalLink"),
	},
	"ImagemapExternalLink": {"linkUri": str(1000), "label": str(30)},
	"TemplateMessage":      everyMessage(shape{"altText": str(1500).needed(), "template": object("Template").needed()}),
	"FlexMessage":          everyMessage(shape{"altText": str(1500).needed(), "contents": object("FlexContainer").needed()}),
	"CouponMessage":        everyMessage(shape{"couponId": str(0).needed(), "deliveryTag": str(30)}),
	"QuickReply":           {"items": list("QuickReplyItem", 1, 13).needed()},
	"QuickReplyItem":       {"type": one("action"), "imageUrl": link(2000), "action": object("Action").needed()},
	"Sender":               {"name": str(20), "iconUrl": link(2000)},
}

var actionShapes = map[string]shape{
	"CameraAction":     everyAction(shape{}),
	"CameraRollAction": everyAction(shape{}),
	"LocationAction":   everyAction(shape{}),
	"ClipboardAction":  everyAction(shape{"clipboardText": str(1000).needed()}),
	"DatetimePickerAction": everyAction(shape{
		"data": str(300).needed(), "mode": one("date", "time", "datetime").needed(),
		"initial": str(0), "max": str(0), "min": str(0),
	}),
	"MessageAction": everyAction(shape{"text": label(300).needed()}),
	"PostbackAction": everyAction(shape{
		"data": str(300).needed(), "displayText": label(300), "text": label(300), "fillInText": label(300),
		"inputOption": one("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"),
	}),
	"RichMenuSwitchAction": everyAction(shape{"data": str(300).needed(), "richMenuAliasId": like(aliasLike).needed()}),
	"URIAction":            everyAction(shape{"uri": str(1000).needed(), "altUri": object("AltUri")}),
	"AltUri":               {"desktop": str(1000)},
}

var templateShapes = map[string]shape{
	"ButtonsTemplate": {
		"thumbnailImageUrl": link(2000), "imageAspectRatio": one("rectangle", "square"), "imageSize": one("cover", "contain"),
		"imageBackgroundColor": like(colorLike), "title": label(40), "text": label(160).needed(),
		"defaultAction": object("Action"), "actions": list("Action", 1, 4).needed(),
	},
	"ConfirmTemplate": {"text": label(240).needed(), "actions": list("Action", 2, 2).needed()},
	"CarouselTemplate": {
		"columns": list("CarouselColumn", 1, 10).needed(), "imageAspectRatio": one("rectangle", "square"),
		"imageSize": one("cover", "contain"),
	},
	"CarouselColumn": {
		"thumbnailImageUrl": link(2000), "imageBackgroundColor": like(colorLike), "title": label(40), "text": label(120).needed(),
		"defaultAction": object("Action"), "actions": list("Action", 1, 3).needed(),
	},
	"ImageCarouselTemplate": {"columns": list("ImageCarouselColumn", 1, 10).needed()},
	"ImageCarouselColumn":   {"imageUrl": link(2000).needed(), "action": object("Action").needed()},
}

// maxInt is the bound that LINE sets on the numbers of a rich menu.
const maxInt = 1<<31 - 1

var menuShapes = map[string]shape{
	"RichMenuRequest": {
		"size": object("RichMenuSize").needed(), "selected": flag().needed(), "name": label(300).needed(),
		"chatBarText": label(14).needed(), "areas": list("RichMenuArea", 0, 20).needed(),
	},
	"RichMenuSize":   {"width": whole(800, 2500).needed(), "height": whole(250, maxInt).needed()},
	"RichMenuArea":   {"bounds": object("RichMenuBounds").needed(), "action": object("Action").needed()},
	"RichMenuBounds": {"x": whole(0, maxInt).needed(), "y": whole(0, maxInt).needed(), "width": whole(1, maxInt).needed(), "height": whole(1, maxInt).needed()},
	"CreateRichMenuAliasRequest": {
		"richMenuAliasId": like(aliasLike).needed(), "richMenuId": str(0).needed(),
	},
	"UpdateRichMenuAliasRequest":      {"richMenuId": str(0).needed()},
	"RichMenuBatchRequest":            {"operations": list("RichMenuBatchOperation", 1, 1000).needed(), "resumeRequestKey": like(resumeLike)},
	"RichMenuBatchLinkOperation":      {"from": str(0).needed(), "to": str(0).needed()},
	"RichMenuBatchUnlinkOperation":    {"from": str(0).needed()},
	"RichMenuBatchUnlinkAllOperation": {},
	"RichMenuBulkLinkRequest":         {"richMenuId": str(0).needed(), "userIds": list("", 1, 500).needed()},
	"RichMenuBulkUnlinkRequest":       {"userIds": list("", 1, 500).needed()},
}
