/** The version of the form, in each text. */
export const FORM = 1;
