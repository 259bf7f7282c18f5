import { t as fetchImageBase } from "./chunk-image-base.js";

export { fetchImageBase };