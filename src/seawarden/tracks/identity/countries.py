"""Maritime identification digits: which country or area gave a number out.

Typed from the public Table of Maritime Identification Digits of the International Telecommunication Union; names are
shortened, areas stand before their country.
"""

from __future__ import annotations

from typing import Final

_TABLE: Final = """\
Albania: 201; Andorra: 202; Austria: 203; Azores (Portugal): 204; Belgium: 205; Belarus: 206; Bulgaria: 207;
Vatican City: 208; Cyprus: 209 210 212; Germany: 211 218; Georgia: 213; Moldova: 214; Malta: 215 229 248 249 256;
Armenia: 216; Denmark: 219 220; Spain: 224 225; France: 226 227 228; Finland: 230; Faroe Islands (Denmark): 231;
United Kingdom: 232 233 234 235; Gibraltar (United Kingdom): 236; Greece: 237 239 240 241; Croatia: 238;
Morocco: 242; Hungary: 243; Netherlands: 244 245 246; Italy: 247; Ireland: 250; Iceland: 251; Liechtenstein: 252;
Luxembourg: 253; Monaco: 254; Madeira (Portugal): 255; Norway: 257 258 259; Poland: 261; Montenegro: 262;
Portugal: 263; Romania: 264; Sweden: 265 266; Slovakia: 267; San Marino: 268; Switzerland: 269; Czechia: 270;
Türkiye: 271; Ukraine: 272; Russian Federation: 273; North Macedonia: 274; Latvia: 275; Estonia: 276;
Lithuania: 277; Slovenia: 278; Serbia: 279; Anguilla (United Kingdom): 301; Alaska (United States): 303;
Antigua and Barbuda: 304 305; Curaçao, Sint Maarten, Bonaire, Sint Eustatius and Saba (Netherlands): 306;
Aruba (Netherlands): 307; Bahamas: 308 309 311; Bermuda (United Kingdom): 310; Belize: 312; Barbados: 314;
Canada: 316; Cayman Islands (United Kingdom): 319; Costa Rica: 321; Cuba: 323; Dominica: 325;
Dominican Republic: 327; Guadeloupe (France): 329; Grenada: 330; Greenland (Denmark): 331; Guatemala: 332;
Honduras: 334; Haiti: 336; United States: 338 366 367 368 369; Jamaica: 339; Saint Kitts and Nevis: 341;
Saint Lucia: 343; Mexico: 345; Martinique (France): 347; Montserrat (United Kingdom): 348; Nicaragua: 350;
Panama: 351 352 353 354 355 356 357 370 371 372 373 374; Puerto Rico (United States): 358; El Salvador: 359;
Saint Pierre and Miquelon (France): 361; Trinidad and Tobago: 362;
Turks and Caicos Islands (United Kingdom): 364; Saint Vincent and the Grenadines: 375 376 377;
British Virgin Islands (United Kingdom): 378; United States Virgin Islands (United States): 379;
Afghanistan: 401; Saudi Arabia: 403; Bangladesh: 405; Bahrain: 408; Bhutan: 410; China: 412 413 414; Taiwan: 416;
Sri Lanka: 417; India: 419; Iran: 422; Azerbaijan: 423; Iraq: 425; Israel: 428; Japan: 431 432;
Turkmenistan: 434; Kazakhstan: 436; Uzbekistan: 437; Jordan: 438; South Korea: 440 441; Palestine: 443;
North Korea: 445; Kuwait: 447; Lebanon: 450; Kyrgyzstan: 451; Macao (China): 453; Maldives: 455; Mongolia: 457;
Nepal: 459; Oman: 461; Pakistan: 463; Qatar: 466; Syria: 468; United Arab Emirates: 470 471; Tajikistan: 472;
Yemen: 473 475; Hong Kong (China): 477; Bosnia and Herzegovina: 478; Adelie Land (France): 501; Australia: 503;
Myanmar: 506; Brunei Darussalam: 508; Micronesia: 510; Palau: 511; New Zealand: 512; Cambodia: 514 515;
Christmas Island (Australia): 516; Cook Islands (New Zealand): 518; Fiji: 520;
Cocos (Keeling) Islands (Australia): 523; Indonesia: 525; Kiribati: 529; Laos: 531; Malaysia: 533;
Northern Mariana Islands (United States): 536; Marshall Islands: 538; New Caledonia (France): 540;
Niue (New Zealand): 542; Nauru: 544; French Polynesia (France): 546; Philippines: 548; Timor-Leste: 550;
Papua New Guinea: 553; Pitcairn Island (United Kingdom): 555; Solomon Islands: 557;
American Samoa (United States): 559; Samoa: 561; Singapore: 563 564 565 566; Thailand: 567; Tonga: 570;
Tuvalu: 572; Viet Nam: 574; Vanuatu: 576 577; Wallis and Futuna Islands (France): 578; South Africa: 601;
Angola: 603; Algeria: 605; Saint Paul and Amsterdam Islands (France): 607;
Ascension Island (United Kingdom): 608; Burundi: 609; Benin: 610; Botswana: 611; Central African Republic: 612;
Cameroon: 613; Congo: 615; Comoros: 616 620; Cabo Verde: 617; Crozet Archipelago (France): 618;
Côte d'Ivoire: 619; Djibouti: 621; Egypt: 622; Ethiopia: 624; Eritrea: 625; Gabon: 626; Ghana: 627; Gambia: 629;
Guinea-Bissau: 630; Equatorial Guinea: 631; Guinea: 632; Burkina Faso: 633; Kenya: 634;
Kerguelen Islands (France): 635; Liberia: 636 637; South Sudan: 638; Libya: 642; Lesotho: 644; Mauritius: 645;
Madagascar: 647; Mali: 649; Mozambique: 650; Mauritania: 654; Malawi: 655; Niger: 656; Nigeria: 657;
Namibia: 659; Reunion (France): 660; Rwanda: 661; Sudan: 662; Senegal: 663; Seychelles: 664;
Saint Helena (United Kingdom): 665; Somalia: 666; Sierra Leone: 667; Sao Tome and Principe: 668; Eswatini: 669;
Chad: 670; Togo: 671; Tunisia: 672; Tanzania: 674 677; Uganda: 675; Democratic Republic of the Congo: 676;
Zambia: 678; Zimbabwe: 679; Argentina: 701; Brazil: 710; Bolivia: 720; Chile: 725; Colombia: 730; Ecuador: 735;
Falkland Islands (Malvinas) (United Kingdom): 740; Guiana (France): 745; Guyana: 750; Paraguay: 755; Peru: 760;
Suriname: 765; Uruguay: 770; Venezuela: 775
"""

MIDS: Final[dict[int, str]] = {
    int(mid): country.strip()
    for country, mids in (entry.rsplit(":", 1) for entry in _TABLE.split(";"))
    for mid in mids.split()
}
"""Country or area by MID."""
