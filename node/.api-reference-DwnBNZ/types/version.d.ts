/** This package's version, for banners and `CLIENT LIST`. A test compares it with package.json. */
export declare const VERSION = "0.1.0";
