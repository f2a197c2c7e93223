// Package richmenu makes the picture menu under the talk: it draws one for each
// language from the words of the release, with fonts of its own, and makes LINE
// equal to that. LINE serves the menu by itself, so its strip still calls 119 and
// 110 and opens the page of contacts on the day our store is down.
package richmenu
