// What a page gives to its scripts. Which kind of element a selector finds is a matter of the templates, so it is not
// checked here; the tests in a browser prove it. Everything else is checked.

interface ParentNode {
    querySelector(selectors: string): any;
    querySelectorAll(selectors: string): NodeListOf<any>;
}
interface Element {
    closest(selectors: string): any;
}
interface Document {
    getElementById(id: string): any;
    addEventListener(type: string, listener: (event: any) => void, options?: boolean | AddEventListenerOptions): void;
}
interface HTMLElement {
    addEventListener(type: string, listener: (event: any) => void, options?: boolean | AddEventListenerOptions): void;
}
interface Window {
    jalonTexts?: Record<string, string>;
}
