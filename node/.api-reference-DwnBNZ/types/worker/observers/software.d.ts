export declare const SOFTWARE: Readonly<{
    sw_ident: "celery-js";
    sw_ver: "0.1.0";
    sw_sys: string;
}>;
