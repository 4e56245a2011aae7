# language: nl
Functionaliteit: Grondslag en bevoegdheid
  De grondslag volgt uit wie het gegeven het eerst gaf, niet uit wat de afzender kiest. Casusgegevens gaan alleen naar
  wie een taak van artikel 6.4 heeft, en politiegegevens alleen onder een geldig besluit (artikel 6).

  Regel: De grondslag volgt uit de herkomst (6.1-6.3)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de politie en de burgemeester nemen deel aan het overleg

    @regel-6.1-6.3 @toegestaan
    Scenario: Wat van de politie komt, gaat op de Wet politiegegevens, ook een adres
      Als de politie de adresgegevens van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-6.1-6.3 @geweigerd
    Scenario: De politie kiest de AVG als grondslag
      Als de politie de adresgegevens van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Maar het bericht noemt de AVG als grondslag
      Dan wordt het bericht geweigerd op regel 6.1
      En leest de afzender: De grondslag volgt uit wie het gegeven het eerst verstrekte. Gebruik die grondslag.

    @regel-6.1-6.3 @toegestaan
    Scenario: De gevangenis geeft gegevens over de straf op grond van de Wet justitiële en strafvorderlijke gegevens
      Gegeven de gevangenis neemt deel aan het overleg
      Als de gevangenis de gegevens over de straf van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-6.1-6.3 @geweigerd
    Scenario: De gevangenis kiest de AVG als grondslag
      Gegeven de gevangenis neemt deel aan het overleg
      Als de gevangenis de gegevens over de straf van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Maar het bericht noemt de AVG als grondslag
      Dan wordt het bericht geweigerd op regel 6.1
      En leest de afzender: De grondslag volgt uit wie het gegeven het eerst verstrekte. Gebruik die grondslag.

  Regel: Casusgegevens gaan alleen naar wie een taak van artikel 6.4 heeft (6.4)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de burgemeester nemen deel aan het overleg
      En de Veiligheidsregio is in de triage bevraagd

    @regel-6.4 @toegestaan
    Scenario: De reclassering geeft de woonsituatie aan de burgemeester
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-6.4 @geweigerd
    Scenario: De Veiligheidsregio heeft geen taak van artikel 6.4 en krijgt geen casusgegevens
      Als de reclassering buiten het overleg de woonsituatie van de betrokkene geeft aan de Veiligheidsregio, om de casus toe te bedelen
      Dan wordt het bericht geweigerd op regel 6.4
      En leest de afzender: Deze ontvanger heeft geen hoedanigheid van artikel 6.4 en ontvangt geen casusgegevens. Haal hem weg.

    @regel-6.4 @geweigerd
    Scenario: De Veiligheidsregio zit niet aan tafel waar casusgegevens worden verteld
      Als het huis de Veiligheidsregio uitnodigt voor het overleg
      Dan wordt het bericht geweigerd op regel 6.4
      En leest de afzender: Deze ontvanger heeft geen hoedanigheid van artikel 6.4 en ontvangt geen casusgegevens. Haal hem weg.

    @regel-6.4 @toegestaan
    Scenario: De Veiligheidsregio mag wel zelf iets geven, voor de taak van de gemeente die haar toetreding noemt
      Als de Veiligheidsregio buiten het overleg de woonsituatie van de betrokkene geeft aan de burgemeester, om de casus toe te bedelen
      Dan mag het bericht worden verstuurd

    @regel-6.4 @geweigerd
    Scenario: Voor een taak die haar toetreding niet noemt, geeft de Veiligheidsregio niets
      Gegeven de toetreding van de Veiligheidsregio noemt geen taak van een ander
      Als de Veiligheidsregio buiten het overleg de woonsituatie van de betrokkene geeft aan de burgemeester, om de casus toe te bedelen
      Dan wordt het bericht geweigerd op regel 6.4
      En leest de afzender: Zonder eigen hoedanigheid verstrekt u alleen voor taken van anderen uit uw toetreding. Noem zo'n taak.

  Regel: Politiegegevens gaan alleen onder een geldig artikel 20-besluit (6.4d)

    Achtergrond:
      Gegeven een casus in triage, aangemeld door de gemeente
      En de politie is in de triage bevraagd

    @regel-6.4d @toegestaan
    Scenario: Het besluit van de politie geldt
      Gegeven de politie heeft een geldig artikel 20-besluit
      Als het huis aan de politie vraagt wat zij van de betrokkene weet, om een eerste beeld te vormen
      Dan mag het bericht worden verstuurd

    @regel-6.4d @geweigerd
    Scenario: Het besluit van de politie is verlopen, dus vraagt het huis haar niets
      Gegeven het artikel 20-besluit van de politie is gisteren verlopen
      Als het huis aan de politie vraagt wat zij van de betrokkene weet, om een eerste beeld te vormen
      Dan wordt het bericht geweigerd op regel 6.4d
      En leest de afzender: Dit besluit staat hier niet als geldig. Laat een geldig besluit vastleggen en noem dat.

  Regel: Artikel 3.5 en artikel 7 gelden altijd, ook in de afschaling (6.5)

    Achtergrond:
      Gegeven een casus in afschaling, aangemeld door de gemeente
      En de GGD en Veilig Thuis nemen deel aan het overleg
      En de casusregie ligt bij Veilig Thuis

    @regel-6.5 @toegestaan
    Scenario: De GGD is akkoord dat haar gegevens meegaan in de overdracht, met toestemming van de betrokkene
      Gegeven de verstrekker heeft akkoord gegeven op dit gebruik
      Als het huis de woonsituatie van de betrokkene, die de GGD gaf, doorgeeft aan Veilig Thuis, om de casus over te dragen
      Dan mag het bericht worden verstuurd

    @regel-6.5 @geweigerd
    Scenario: Ook bij de overdracht gaat er niets zonder akkoord van de GGD
      Gegeven de verstrekker heeft geen akkoord gegeven op dit gebruik
      Als het huis de woonsituatie van de betrokkene, die de GGD gaf, doorgeeft aan Veilig Thuis, om de casus over te dragen
      Dan wordt het bericht geweigerd op regel 3.5c, 7.2b en 13.6
      En leest de afzender: De eerste verstrekker heeft dit gebruik niet goedgekeurd. Vraag akkoord voor fase, doel en ontvanger.
